import type { Command } from 'commander';
import { shortened } from '../../../diagnostics/printable.js';
import type { RepositoryRetention } from '../../../registry/admin/judge-tags.js';
import type { RetentionRules } from '../../../registry/admin/retention-plan.js';
import type { OpenedRegistry } from '../../../registry/client/open.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { columns } from '../../terminal/columns.js';
import { duration, list, wholeNumber } from '../../terminal/option-values.js';
import { type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

interface RetainRequest extends RegistryRequest {
  readonly newest: number | undefined;
  /** Seconds. */
  readonly youngerThan: number | undefined;
  readonly keep: readonly string[];
  readonly deny: readonly string[];
  readonly allowEmpty: boolean;
  readonly yes: boolean;
}

/** Makes `provision registry retain`. */
export function retainCommand(done: Done): Command {
  return registrySubcommand('retain', 'Lists tags that no rule keeps; with --yes, deletes them.')
    .argument('<registry[/path]>', 'a registry, a repository, or all below a path')
    .option('--newest <n>', 'keep the N newest images of each repository, by build date', wholeNumber)
    .option('--younger-than <time>', 'keep images younger than this: 30d, 12h, 8w', duration)
    .option('--keep <pattern>', 'keep tags that match, a glob or /expression/; repeatable', list, [])
    .option('--deny <pattern>', 'delete tags that match, unless --keep matches too; repeatable', list, [])
    .option('--allow-empty', 'delete all tags of a repository where no rule keeps any', false)
    .option('--yes', 'delete them', false)
    .action(async (path: string, request: RetainRequest) => done(await retain(path, request)));
}

function retain(argument: string, request: RetainRequest): Promise<number> {
  const options = { needs: 'registry', finishes: true } as const;
  return onRegistry(argument, request, options, async ({ registry, target, signal }) => {
    const { planRetention } = await import('../../../registry/admin/retention-plan.js');
    const rules = await rulesOf(request);
    const plans: RepositoryRetention[] = [];
    for (const repository of await repositoriesBelow(registry, target.repository)) {
      signal.throwIfAborted();
      plans.push(await planRetention(registry, repository, rules));
    }
    const emptied = plans.filter(({ emptied }) => emptied).map(({ repository }) => repository);
    if (!request.json) print(request, undefined, planLines(registry.host, plans));
    if (emptied.length > 0 && !request.allowEmpty) {
      throw new RegistryError('input', `no tag would be left of ${emptied.join(', ')}; nothing was deleted`, {
        hint: 'keep a tag with a rule, or give --allow-empty',
      });
    }
    if (!request.yes) {
      print(request, { registry: registry.host, applied: false, repositories: plans }, [
        'nothing was deleted: give --yes to do it',
      ]);
      return 0;
    }
    return apply(registry, plans, request, signal);
  });
}

async function apply(
  registry: OpenedRegistry,
  plans: readonly RepositoryRetention[],
  request: RetainRequest,
  signal: AbortSignal,
): Promise<number> {
  const { applyRetention } = await import('../../../registry/admin/apply-retention.js');
  const results = [];
  for (const plan of plans) {
    if (plan.remove.length > 0) results.push(...(await applyRetention(registry, plan, { signal })));
  }
  const failed = results.filter(({ error }) => error !== undefined);
  const removed = results.length - failed.length;
  print(
    request,
    {
      registry: registry.host,
      applied: true,
      repositories: plans,
      removed,
      failed: failed.map(({ repository, tag, error }) => ({ repository, tag, error: error?.message })),
    },
    [
      ...failed.map(
        ({ repository, tag, error }) => `failed  ${repository}:${tag}: ${shortened(error?.message ?? '', 2000)}`,
      ),
      `${removed} deleted, ${failed.length} failed`,
    ],
  );
  return failed.length === 0 ? 0 : 2;
}

async function repositoriesBelow(registry: OpenedRegistry, path: string | undefined): Promise<string[]> {
  if (path !== undefined && (await registry.tagsPage(path)) !== undefined) return [path];
  const names = (await registry.repositories()).filter((name) => path === undefined || name.startsWith(`${path}/`));
  const held = await Promise.all(
    // Repositories that have been emptied stay in the catalogue of docker-registry.
    names.map(async (name) => ({ name, tags: (await registry.tagsPage(name))?.tags ?? [] })),
  );
  if (path !== undefined && names.length === 0) {
    throw new RegistryError('not-found', `${registry.host}/${path} is not there`, { status: 404 });
  }
  return held.filter(({ tags }) => tags.length > 0).map(({ name }) => name);
}

async function rulesOf({ newest, youngerThan, keep, deny }: RetainRequest): Promise<RetentionRules> {
  if (newest === undefined && youngerThan === undefined && keep.length === 0 && deny.length === 0) {
    throw new RegistryError('input', 'no rule says which tags to keep', {
      hint: 'give --newest N, --younger-than 30d or --keep PATTERN (a tag that one of them keeps stays), or --deny PATTERN',
    });
  }
  const { patternOfOption } = await import('../../../registry/lists/pattern.js');
  const patternsOf = (option: string, texts: readonly string[]) => texts.map((text) => patternOfOption(option, text));
  return { newest, youngerThan, keep: patternsOf('--keep', keep), deny: patternsOf('--deny', deny) };
}

function planLines(host: string, plans: readonly RepositoryRetention[]): string[] {
  const lines = plans.flatMap(({ repository, keep, remove }) => [
    `${host}/${repository}: ${remove.length} to delete, ${keep.length} stay`,
    ...columns([
      ...remove.map(({ tag, created, why }) => ['  delete', tag, created?.slice(0, 10) ?? '-', why]),
      ...keep.map(({ tag, created, why }) => ['  keep', tag, created?.slice(0, 10) ?? '-', why]),
    ]),
  ]);
  return lines.length === 0 ? [`${host}: no tags there`] : lines;
}
