import { shortened } from '../../../diagnostics/printable.js';
import { applyRetention } from '../../../registry/admin/apply-retention.js';
import {
  planRetention,
  type RepositoryRetention,
  type RetentionRules,
} from '../../../registry/admin/retention-plan.js';
import type { OpenedRegistry } from '../../../registry/client/open.js';
import type { Pattern } from '../../../registry/lists/image-list.js';
import { parsePattern } from '../../../registry/lists/pattern.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { columns } from '../image-text.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

export interface RetainRequest extends RegistryRequest {
  readonly newest: number | undefined;
  /** Seconds. */
  readonly youngerThan: number | undefined;
  readonly keep: readonly string[];
  readonly deny: readonly string[];
  readonly allowEmpty: boolean;
  readonly yes: boolean;
}

/** `provision registry retain`: says what rules remove, and with `--yes` removes it. */
export function retainAction(argument: string, request: RetainRequest): Promise<number> {
  const options = { needs: 'registry', finishes: true } as const;
  return onRegistry(argument, request, options, async ({ registry, target, signal }) => {
    const rules = rulesOf(request);
    const plans: RepositoryRetention[] = [];
    for (const repository of await repositoriesBelow(registry, target.repository)) {
      signal.throwIfAborted();
      plans.push(await planRetention(registry, repository, rules));
    }
    const emptied = plans.filter(({ emptied }) => emptied).map(({ repository }) => repository);
    if (!request.json) print(request, undefined, planLines(registry.host, plans));
    if (emptied.length > 0 && !request.allowEmpty) {
      throw new RegistryError('input', `nothing would be left of ${emptied.join(', ')}`, {
        hint: 'say what to keep, or --allow-empty; nothing was removed',
      });
    }
    if (!request.yes) {
      print(request, { registry: registry.host, applied: false, repositories: plans }, [
        'nothing was removed: --yes does it',
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
      `${removed} removed, ${failed.length} failed`,
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

function rulesOf({ newest, youngerThan, keep, deny }: RetainRequest): RetentionRules {
  if (newest === undefined && youngerThan === undefined && keep.length === 0 && deny.length === 0) {
    throw new RegistryError('input', 'what is to be kept?', {
      hint: 'give --newest N, --younger-than 30d or --keep PATTERN (a tag stays if one of them is for it), or --deny PATTERN',
    });
  }
  return { newest, youngerThan, keep: keep.map(patternOf), deny: deny.map(patternOf) };
}

function patternOf(text: string): Pattern {
  const pattern = parsePattern(text);
  if ('error' in pattern) throw new RegistryError('input', `${JSON.stringify(text)}: ${pattern.error}`);
  return pattern;
}

function planLines(host: string, plans: readonly RepositoryRetention[]): string[] {
  const lines = plans.flatMap(({ repository, keep, remove }) => [
    `${host}/${repository}: ${remove.length} to remove, ${keep.length} stay`,
    ...columns([
      ...remove.map(({ tag, created, why }) => ['  remove', tag, created?.slice(0, 10) ?? '-', why]),
      ...keep.map(({ tag, created, why }) => ['  keep', tag, created?.slice(0, 10) ?? '-', why]),
    ]),
  ]);
  return lines.length === 0 ? [`${host}: no tags there`] : lines;
}
