import { type Selectable, sql } from 'kysely';
import { may, type SubjectRights, type Visibilities } from '../access/rights/decide.js';
import type { ManifestPartRow, ManifestRow, RepositoryRow, TagHistoryRow, TagRow } from '../store/tables.js';
import type { ImageIndex } from './image-index.js';

/** Sender of a listing: repositories that it may not see are not there. */
export interface Viewer {
  readonly subject: SubjectRights;
  readonly visibilities: Visibilities;
}

/** Tag with what it leads to. */
export type ListedTag = TagRow & Pick<ManifestRow, 'media_type' | 'total_size' | 'platform' | 'created_at'>;

const chunk = 500;

/** Lists repositories by name, those behind `after`, that hold a text in their name. */
export async function listRepositories(
  { database }: ImageIndex,
  viewer: Viewer,
  {
    limit,
    after = '',
    registry,
    contains,
  }: { limit: number; after?: string | undefined; registry?: string | undefined; contains?: string | undefined },
): Promise<RepositoryRow[]> {
  const found: RepositoryRow[] = [];
  for (let last = after; found.length < limit; ) {
    let rows = database.db
      .selectFrom('repositories')
      .selectAll()
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('repository_manifests')
            .select('digest')
            .whereRef('repository_manifests.repository_id', '=', 'repositories.id'),
        ),
      )
      .where(cursor, '>', last)
      .orderBy(cursor)
      .limit(chunk);
    if (registry !== undefined) rows = rows.where('registry', '=', registry);
    if (contains !== undefined) rows = rows.where('name', 'like', `%${escaped(contains)}%`);
    const some = await rows.execute();
    found.push(...some.filter((row) => isVisible(viewer, row)));
    const end = some.at(-1);
    if (end === undefined || some.length < chunk) break;
    last = cursorOf(end);
  }
  return found.slice(0, limit);
}

/** Order of repositories: by name, then by registry. */
const cursor = sql<string>`name || ' ' || registry`;

/** Returns the place of a repository in the order of listings. */
export function cursorOf({ name, registry }: Pick<RepositoryRow, 'name' | 'registry'>): string {
  return `${name} ${registry}`;
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
    db
      .selectFrom('tags')
      .select('name')
      .where('repository_id', '=', repositoryId)
      .where('digest', '=', digest)
      .orderBy('name')
      .execute(),
  ]);
  return { manifest, parts, referrers, tags: tags.map(({ name }) => name) };
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

/** Escapes what a pattern of SQL would read as its own: names have no other such characters than `_`, any of which matches. */
function escaped(text: string): string {
  return text.replaceAll(/[%\\]/g, '');
}

function isVisible({ subject, visibilities }: Viewer, { registry, name }: RepositoryRow): boolean {
  return may(subject, 'see', { registry, repository: name }, visibilities);
}
