import { type RawBuilder, sql } from 'kysely';
import type { DatabaseKind } from '../../store/database.js';
import type { ManifestRow, TagRow } from '../../store/tables.js';
import type { ImageIndex } from '../image-index.js';
import { hasPlatform, ofImage } from '../search/image-conditions.js';
import { holds } from '../search/matches.js';
import { orderOf, readPlace, type SortOrder } from './sort-order.js';

/** Tag with what it leads to. */
export type ListedTag = TagRow & Pick<ManifestRow, 'media_type' | 'platform' | 'created_at'>;

/** Choice of tags of a repository: all that is given must hold. */
export interface ListedTagChoice {
  /** Text that the name holds. */
  readonly contains?: string | undefined;
  /** `linux/arm64`, which means its variants as well, or a pattern. */
  readonly platform?: string | undefined;
  readonly pushedBefore?: number | undefined;
  readonly pushedAfter?: number | undefined;
  /** False: no tags that are about other images; true: these alone. */
  readonly attached?: boolean | undefined;
}

/** Order of tags, and the place in it at which a page begins. */
export interface TagPlace {
  /** `-version` */
  readonly sort: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Lists the tags of a repository from the index alone: one query, whatever their number. @throws Problem for a wrong `after` */
export async function listTagRows(
  { database: { db, kind } }: ImageIndex,
  repositoryId: string,
  choice: ListedTagChoice,
  { sort, after, limit }: TagPlace,
): Promise<ListedTag[]> {
  const order = tagOrder(kind, sort);
  const conditions = conditionsOf(kind, repositoryId, choice);
  if (after !== undefined) conditions.push(order.isBehind(readPlace(after, order)));
  const { rows } = await sql<ListedTag & { media_type: string | null; platform: string | null }>`
    select tags.*, m.media_type, m.platform, m.created_at
    from (select * from tags where ${sql.join(conditions, sql` and `)} order by ${order.by} limit ${sql.lit(limit)}) as tags
    left join manifests as m on m.digest = tags.digest order by ${order.by}`.execute(db);
  return rows.map((row) => ({ ...row, media_type: row.media_type ?? '', platform: row.platform ?? '' }));
}

/** Counts the tags of a choice. */
export async function countTags(
  { database: { db, kind } }: ImageIndex,
  repositoryId: string,
  choice: ListedTagChoice,
): Promise<number> {
  const conditions = conditionsOf(kind, repositoryId, choice);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from tags where ${sql.join(conditions, sql` and `)}`.execute(db);
  return Number(rows[0]?.count ?? 0);
}

/** Returns the place of a tag in an order, as a text. */
export function placeOfTag(row: ListedTag, sort: string): string {
  const values: Readonly<Record<string, string | number>> = {
    version: row.version_key,
    pushed: row.pushed_at,
    pulled: row.pulled_at ?? 0,
    size: row.bytes,
  };
  const value = values[sort.replace('-', '')];
  return value === undefined ? row.name : `${value} ${row.name}`;
}

function tagOrder(kind: DatabaseKind, sort: string): SortOrder {
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  const columns: Readonly<Record<string, RawBuilder<unknown>>> = {
    version: sql`tags.version_key${bytewise}`,
    pushed: sql`tags.pushed_at`,
    pulled: sql`coalesce(tags.pulled_at, 0)`,
    size: sql`tags.bytes`,
  };
  const word = sort.replace('-', '');
  return orderOf({
    value: columns[word],
    isNumber: word !== 'version',
    rest: [sql`tags.name${bytewise}`],
    isDescending: sort.startsWith('-'),
  });
}

function conditionsOf(
  kind: DatabaseKind,
  repositoryId: string,
  { contains, platform, pushedBefore, pushedAfter, attached }: ListedTagChoice,
): RawBuilder<unknown>[] {
  const name = sql.ref('tags.name');
  const isAttached = sql`(tags.name like 'sha256-%' or tags.name like 'sha512-%')`;
  return [
    sql`tags.repository_id = ${repositoryId}`,
    ...(contains === undefined ? [] : [holds(kind, name, contains)]),
    ...(platform === undefined
      ? []
      : [ofImage(sql.ref('tags.digest'), (manifest) => hasPlatform(kind, manifest, platform))]),
    ...(pushedBefore === undefined ? [] : [sql`tags.pushed_at < ${pushedBefore}`]),
    ...(pushedAfter === undefined ? [] : [sql`tags.pushed_at >= ${pushedAfter}`]),
    ...(attached === undefined ? [] : [attached ? isAttached : sql`not ${isAttached}`]),
  ];
}
