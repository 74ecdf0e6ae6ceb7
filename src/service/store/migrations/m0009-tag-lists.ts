import { type Kysely, sql } from 'kysely';
import type { DatabaseKind } from '../database.js';
import { versionKey } from '../version-key.js';
import { TableMaker } from './table-maker.js';

/** Names of tags whose keys are written at a time. */
const batch = 200;

/** Adds what lists of tags sort by, and what pages show of an image: its configuration, its history, who its parts are about. */
// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
export async function addTagLists(db: Kysely<any>, kind: DatabaseKind): Promise<void> {
  const number = kind === 'sqlite' ? 'integer' : 'bigint';
  const addNumber = (table: string, name: string) =>
    db.schema
      .alterTable(table)
      .addColumn(name, number, (column) => column.notNull().defaultTo(0))
      .execute();
  const addText = (table: string, name: string) =>
    db.schema
      .alterTable(table)
      .addColumn(name, 'text', (column) => column.notNull().defaultTo(''))
      .execute();
  await addText('tags', 'version_key');
  await addNumber('tags', 'bytes');
  await addNumber('manifests', 'whole_size');
  await addNumber('manifests', 'is_detailed');
  await addText('manifest_parts', 'reference_type');
  await addText('manifest_parts', 'reference_digest');
  await new TableMaker(db, kind, 'image_configs')
    .owner('manifest', 'manifests', 'digest')
    .texts('config', 'history')
    .numbers('is_truncated')
    .make('manifest');
  await writeVersionKeys(db);
  await sql`update manifests set whole_size = total_size`.execute(db);
  // An index: itself, its images, and what these name, each once.
  await sql`update manifests set whole_size = size + (select coalesce(sum(named.size), 0) from (
      select child.digest, child.size from manifest_parts as child where child.manifest = manifests.digest
      union select part.digest, part.size from manifest_parts as child
        join manifest_parts as part on part.manifest = child.digest
        where child.manifest = manifests.digest and child.kind = 'manifest') as named)
    where digest in (select manifest from manifest_parts where kind = 'manifest')`.execute(db);
  await sql`update tags set bytes = coalesce((select whole_size from manifests where digest = tags.digest), 0)`.execute(
    db,
  );
  const bytewise = sql.raw(kind === 'postgres' ? ' collate "C"' : '');
  await sql`create index tags_by_version on tags (repository_id, version_key${bytewise}, name${bytewise})`.execute(db);
  await sql`create index tags_by_push on tags (repository_id, pushed_at, name${bytewise})`.execute(db);
  await sql`create index manifest_parts_by_reference on manifest_parts (reference_digest)`.execute(db);
  await sql`create index manifests_to_detail on manifests (is_detailed)`.execute(db);
  // SQLite compares bytes anyway, and has the key of the table.
  if (kind === 'postgres') await sql`create index tags_in_order on tags (repository_id, name collate "C")`.execute(db);
}

// biome-ignore lint/suspicious/noExplicitAny: see TableMaker.
async function writeVersionKeys(db: Kysely<any>): Promise<void> {
  for (let last = ''; ; ) {
    const rows = await db
      .selectFrom('tags')
      .select('name')
      .distinct()
      .where('name', '>', last)
      .orderBy('name')
      .limit(batch)
      .execute();
    const names = rows.map(({ name }) => String(name));
    const end = names.at(-1);
    if (end === undefined) return;
    const keys = names.map((name) => sql`when ${name} then ${versionKey(name)}`);
    await sql`update tags set version_key = case name ${sql.join(keys, sql` `)} end
      where name in (${sql.join(names)})`.execute(db);
    last = end;
  }
}
