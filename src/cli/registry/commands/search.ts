import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../../terminal/option-values.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

interface SearchRequest extends RegistryRequest {
  readonly limit: number;
  readonly page: number;
}

/** Makes `provision registry search`. */
export function searchCommand(done: Done): Command {
  return registrySubcommand('search', 'Finds repositories by a part of their name, in pages.')
    .argument('<registry>', addressHelp)
    .argument('[text]', 'part of the name, capitals or not (default: all)')
    .option('-n, --limit <n>', 'results a page, 1 to 100', pageSize, 25)
    .option('--page <n>', 'number of the page', wholeNumber, 1)
    .action(async (registry: string, text: string | undefined, request: SearchRequest) =>
      done(await search(registry, text, request)),
    );
}

function search(argument: string, text: string | undefined, request: SearchRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'registry' }, async ({ registry }) => {
    const { searchRegistry } = await import('../../../registry/admin/search.js');
    const found = await searchRegistry(registry, { q: text ?? '', n: request.limit, page: request.page });
    const { page, num_pages, num_results, results } = found;
    print(request, found, [
      ...results.map(({ name }) => name),
      ...(num_pages > 1 ? [`page ${page} of ${num_pages}, ${num_results} in all`] : []),
    ]);
    return 0;
  });
}

function pageSize(value: string): number {
  const number = wholeNumber(value);
  if (number > 100) throw new InvalidArgumentError('A page has 100 results at most.');
  return number;
}
