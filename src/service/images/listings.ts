import type { Selectable } from 'kysely';
import type { RepositoryRow, TagHistoryRow } from '../store/tables.js';
import type { ImageIndex } from './image-index.js';
import { isVisible, type Viewer } from './visible-repositories.js';

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
