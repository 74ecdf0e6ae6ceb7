import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { ManifestPartRow, ManifestRow, RepositoryRow, TagHistoryRow, TagRow } from '../store/tables.js';
import { type ImageIndex, tagsLeadingTo } from './image-index.js';
import { holds } from './search/matches.js';
import { isVisible, type RepositoryCursor, type Viewer, visibleRepositories } from './visible-repositories.js';

/** Tag with what it leads to. */
export type ListedTag = TagRow & Pick<ManifestRow, 'media_type' | 'total_size' | 'platform' | 'created_at'>;

/** Lists repositories by name, those behind `after`, that hold a text in their name. */
export async function listRepositories(
  { database }: ImageIndex,
  viewer: Viewer,
  {
    limit,
    after,
    registry,
    contains,
  }: { limit: number; after?: string | undefined; registry?: string | undefined; contains?: string | undefined },
): Promise<RepositoryRow[]> {
  const conditions: RawBuilder<boolean>[] = [];
  if (registry !== undefined) conditions.push(sql<boolean>`repositories.registry = ${registry}`);
  if (contains !== undefined) conditions.push(holds(database.kind, sql.ref('repositories.name'), contains));
  const found: RepositoryRow[] = [];
  const from = after === undefined ? undefined : placeOf(after);
  for await (const some of visibleRepositories(database, viewer, { after: from, conditions })) {
    found.push(...some);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** Returns the place of a repository in the order of listings, as a text. */
export function cursorOf({ name, registry }: RepositoryCursor): string {
  return `${name} ${registry}`;
}

function placeOf(text: string): RepositoryCursor {
  const [name = '', registry = ''] = text.split(' ');
  return { name, registry };
}

/** Returns a repository that the viewer may see. */
export async function findVisible(
  { database }: ImageIndex,
  viewer: Viewer,
  registry: string,
  name: string,
): Promise<RepositoryRow | undefined> {
  const row = await database.db
    .selectFrom('repositories')
    .selectAll()
    .where('registry', '=', registry)
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined && isVisible(viewer, row) ? row : undefined;
}

/** Lists the tags of a repository by name, those behind `after`. */
export async function listIndexedTags(
  { database }: ImageIndex,
  repositoryId: string,
  limit: number,
  after = '',
): Promise<ListedTag[]> {
  const rows = await database.db
    .selectFrom('tags')
    .leftJoin('manifests', 'manifests.digest', 'tags.digest')
    .selectAll('tags')
    .select(['media_type', 'total_size', 'platform', 'created_at'])
    .where('repository_id', '=', repositoryId)
    .where('tags.name', '>', after)
    .orderBy('tags.name')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    media_type: row.media_type ?? '',
    total_size: row.total_size ?? 0,
    platform: row.platform ?? '',
  }));
}

/** Lists the moves of a tag, the newest first. */
export async function tagHistory(
  { database }: ImageIndex,
  repositoryId: string,
  tag: string,
): Promise<Selectable<TagHistoryRow>[]> {
  const rows = await database.db
    .selectFrom('tag_history')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('tag', '=', tag)
    .orderBy('id', 'desc')
    .limit(200)
    .execute();
  return rows;
}

/** Reads a manifest of a repository, what it names, and what is about it there. */
export async function findManifest(
  { database: { db } }: ImageIndex,
  repositoryId: string,
  digest: string,
): Promise<{ manifest: ManifestRow; parts: ManifestPartRow[]; referrers: ManifestRow[]; tags: string[] } | undefined> {
  const inRepository = db.selectFrom('repository_manifests').select('digest').where('repository_id', '=', repositoryId);
  const manifest = await db
    .selectFrom('manifests')
    .selectAll()
    .where('digest', '=', digest)
    .where('digest', 'in', inRepository)
    .executeTakeFirst();
  if (manifest === undefined) return undefined;
  const [parts, referrers, tags] = await Promise.all([
    db.selectFrom('manifest_parts').selectAll().where('manifest', '=', digest).orderBy('position').execute(),
    db.selectFrom('manifests').selectAll().where('subject', '=', digest).where('digest', 'in', inRepository).execute(),
    tagsLeadingTo(db, repositoryId, digest),
  ]);
  return { manifest, parts, referrers, tags };
}

/** Returns the bytes of a repository, each content once, and how many of them no other repository has. */
export async function repositorySize(
  { database: { db } }: ImageIndex,
  repositoryId: string,
): Promise<{ readonly total: number; readonly unique: number }> {
  const contents = () =>
    db
      .selectFrom('repository_manifests')
      .innerJoin('manifest_parts', 'manifest_parts.manifest', 'repository_manifests.digest')
      .select(['manifest_parts.digest', 'manifest_parts.size'])
      .where('repository_id', '=', repositoryId)
      .where('kind', '!=', 'manifest')
      .distinct();
  const sum = async (query: ReturnType<typeof contents>) => {
    const row = await db
      .selectFrom(query.as('contents'))
      .select(({ fn }) => fn.sum<number | null>('size').as('sum'))
      .executeTakeFirst();
    return Number(row?.sum ?? 0);
  };
  const others = db
    .selectFrom('repository_manifests')
    .innerJoin('manifest_parts', 'manifest_parts.manifest', 'repository_manifests.digest')
    .select('manifest_parts.digest')
    .where('repository_id', '!=', repositoryId);
  return {
    total: await sum(contents()),
    unique: await sum(contents().where('manifest_parts.digest', 'not in', others)),
  };
}
