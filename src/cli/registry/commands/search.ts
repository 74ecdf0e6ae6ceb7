import { searchRegistry } from '../../../registry/admin/search.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

export interface SearchRequest extends RegistryRequest {
  readonly limit: number;
  readonly page: number;
}

/** `provision registry search`: repositories by a part of their name, in pages. */
export function searchAction(argument: string, query: string | undefined, request: SearchRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'registry' }, async ({ registry }) => {
    const found = await searchRegistry(registry, { q: query ?? '', n: request.limit, page: request.page });
    const { page, num_pages, num_results, results } = found;
    print(request, found, [
      ...results.map(({ name }) => name),
      ...(num_pages > 1 ? [`page ${page} of ${num_pages}, ${num_results} in all`] : []),
    ]);
    return 0;
  });
}
