import { headTags } from '../../registry/admin/repository-contents.js';
import type { Registry } from '../../registry/client/registry.js';
import type { ImageIndex, IndexChange } from './image-index.js';

/** Tags that are written in one transaction. */
const atOnce = 100;

type Db = ImageIndex['database']['db'];

/** Result of a look at a whole registry. */
export interface Reconciled {
  readonly requests: number;
  readonly repositories: number;
  /** Tags that were not as the index had them. */
  readonly changes: number;
}

/**
 * Brings the index to what a registry lists: its catalogue, the tags of each repository, a HEAD a tag. What a listing that failed
 * would have said stays as it is, and so does what was pushed meanwhile. @throws RegistryError where the catalogue fails
 */
export async function reconcile(
  index: ImageIndex,
  name: string,
  registry: Registry,
  complain: (message: string) => void,
): Promise<Reconciled> {
  const before = registry.traffic.requests;
  const began = Date.now();
  const listed = await registry.repositories();
  const isFirst = !(await wasLookedAt(index, name));
  const change = (repository: string): IndexChange => ({
    registry: name,
    repository,
    at: Date.now(),
    actor: '',
    cause: 'reconciled',
  });
  let changes = 0;
  const known = await knownTags(index, name);
  for (const repository of new Set([...listed, ...known.keys()])) {
    try {
      const page = await registry.tagsPage(repository);
      const tags = page === undefined ? [] : page.complete ? page.tags : await registry.tags(repository);
      const found = await headTags(registry, repository, tags);
      const former = known.get(repository) ?? new Map<string, KnownTag>();
      const moved = [...found].filter(([tag, { digest }]) => former.get(tag)?.digest !== digest);
      const gone = [...former].filter(([tag, { pushedAt }]) => !found.has(tag) && pushedAt < began);
      const writes = [
        ...moved.map(
          ([tag, { digest }]) =>
            (db: Db) =>
              index.recordPush({ ...change(repository), isSilent: isFirst && !former.has(tag) }, digest, tag, db),
        ),
        ...gone.map(
          ([tag]) =>
            (db: Db) =>
              index.recordDeletedTag(change(repository), tag, db),
        ),
      ];
      // Some at a time: a commit for each would take longer than the look, and one for all would keep others from the database.
      for (let at = 0; at < writes.length; at += atOnce) {
        await index.database.db.transaction().execute(async (db) => {
          for (const write of writes.slice(at, at + atOnce)) await write(db);
        });
      }
      if (page === undefined && !listed.includes(repository))
        await index.recordGoneRepository(change(repository), began);
      changes += moved.length + gone.length;
    } catch (error) {
      complain(`${registry.host}/${repository} stays in the index as it is: ${String(error)}`);
    }
  }
  return { requests: registry.traffic.requests - before, repositories: listed.length, changes };
}

/** Returns true for a registry that a look has succeeded at: what another finds is new. */
async function wasLookedAt({ database }: ImageIndex, registry: string): Promise<boolean> {
  const row = await database.db
    .selectFrom('reconciliations')
    .select('succeeded_at')
    .where('registry', '=', registry)
    .executeTakeFirst();
  return typeof row?.succeeded_at === 'number';
}

interface KnownTag {
  readonly digest: string;
  readonly pushedAt: number;
}

async function knownTags({ database }: ImageIndex, registry: string): Promise<Map<string, Map<string, KnownTag>>> {
  const rows = await database.db
    .selectFrom('tags')
    .innerJoin('repositories', 'repositories.id', 'tags.repository_id')
    .select(['repositories.name as repository', 'tags.name', 'tags.digest', 'tags.pushed_at'])
    .where('repositories.registry', '=', registry)
    .execute();
  const known = new Map<string, Map<string, KnownTag>>();
  for (const { repository, name, digest, pushed_at: pushedAt } of rows) {
    const tags = known.get(repository) ?? new Map<string, KnownTag>();
    tags.set(name, { digest, pushedAt });
    known.set(repository, tags);
  }
  return known;
}
