import { headTags } from '../../../registry/admin/repository-contents.js';
import type { Registry } from '../../../registry/client/registry.js';
import { isRepository, isTag } from '../../../registry/names.js';
import { RegistryError, type RegistryErrorKind } from '../../../registry/registry-error.js';
import type { Database } from '../../store/database.js';
import { tagDifferences } from './mirror-differences.js';
import type { MirrorStore } from './mirror-store.js';

/** Requests of one look; the next goes on where it ended. */
const mostRequests = 2000;

/** Kinds of errors of a registry that shows a repository to others alone. */
const refusing: ReadonlySet<RegistryErrorKind> = new Set(['denied', 'unauthorized']);

/** Result of a look at an upstream. */
export interface UpstreamLook {
  readonly requests: number;
  /** Repositories that were compared. */
  readonly repositories: number;
  /** There is more to compare. */
  readonly isPartial: boolean;
}

/**
 * Compares the repositories of a mirror, as the index has them, with its upstream: a listing of tags each, and a HEAD for each tag
 * that both have. Those that were not compared for longest come first.
 * @throws RegistryError where the upstream can't be reached, or wants to be left alone
 */
export async function lookAtUpstream(
  database: Database,
  store: MirrorStore,
  name: string,
  upstream: Registry,
): Promise<UpstreamLook> {
  const own = await ownTags(database, name);
  const lookedAt = await store.lookedAt(name);
  const age = (repository: string) => lookedAt.get(repository) ?? 0;
  const inOrder = [...own.keys()].toSorted((a, b) => age(a) - age(b) || (a < b ? -1 : 1));
  let repositories = 0;
  const refusals: RegistryError[] = [];
  let isPartial = false;
  for (const repository of inOrder) {
    const left = mostRequests - upstream.traffic.requests;
    if (left <= 0) {
      isPartial = true;
      break;
    }
    repositories += 1;
    try {
      const tags = own.get(repository) ?? new Map<string, string>();
      const there = await tagsThere(upstream, repository);
      const both = there?.filter((tag) => tags.has(tag)) ?? [];
      if (both.length > left) isPartial = true;
      const heads = await headTags(upstream, repository, both.slice(0, left));
      const digests = new Map([...heads].map(([tag, { digest }]) => [tag, digest]));
      await store.writeDifferences(name, repository, tagDifferences(tags, there, digests));
    } catch (error) {
      // One that it does not show says nothing of the others.
      if (!(error instanceof RegistryError) || !refusing.has(error.kind)) throw error;
      refusals.push(error);
      await store.recordFailure(name, repository, error.message.slice(0, 500));
    }
  }
  const [refusal] = refusals;
  if (refusal !== undefined && refusals.length === repositories) throw refusal;
  if (!isPartial) await compareCatalogues(store, name, upstream, new Set(own.keys()));
  return { requests: upstream.traffic.requests, repositories, isPartial };
}

/** Finds repositories that the mirror lacks as a whole, where the upstream lists its own; else what was found before stays. */
async function compareCatalogues(
  store: MirrorStore,
  name: string,
  upstream: Registry,
  own: ReadonlySet<string>,
): Promise<void> {
  const page = await upstream.catalogPage();
  const missing =
    page === undefined
      ? await store.missingRepositories(name)
      : page.names.filter((repository) => isRepository(repository) && !own.has(repository));
  if (page !== undefined) {
    const whole = { tag: '', kind: 'missing', upstream_digest: null, own_digest: null } as const;
    for (const repository of missing) await store.writeDifferences(name, repository, [whole]);
  }
  await store.forgetAllBut(name, new Set([...own, ...missing]));
}

async function tagsThere(upstream: Registry, repository: string): Promise<string[] | undefined> {
  const page = await upstream.tagsPage(repository);
  if (page === undefined) return undefined;
  return (page.complete ? page.tags : await upstream.tags(repository)).filter(isTag);
}

async function ownTags({ db }: Database, registry: string): Promise<Map<string, Map<string, string>>> {
  const rows = await db
    .selectFrom('tags')
    .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
    .select(['repositories.name as repository', 'tags.name', 'tags.digest'])
    .where('repositories.registry', '=', registry)
    .orderBy('tags.pushed_at', 'desc')
    .execute();
  const own = new Map<string, Map<string, string>>();
  for (const { repository, name, digest } of rows) {
    const tags = own.get(repository) ?? new Map<string, string>();
    tags.set(name, digest);
    own.set(repository, tags);
  }
  return own;
}
