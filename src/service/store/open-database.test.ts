import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDatabase, openDatabase } from './open-database.js';

let folder: string;
const file = () => join(folder, 'service.db');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-database-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a change of the tables that failed in its middle could never be made again', async () => {
  // The last table of the changes for jobs stands in the way: those before it must not stay.
  const former = await connectDatabase(file(), 'any');
  await sql`create table job_grants (x text)`.execute(former.db);
  await former.close();
  await expect(openDatabase(file())).rejects.toThrow(/job_grants/);
  const between = await connectDatabase(file(), 'existing');
  const tables = (await between.db.introspection.getTables()).map(({ name }) => name);
  expect(tables).not.toContain('jobs');
  await sql`drop table job_grants`.execute(between.db);
  await between.close();
  const database = await openDatabase(file());
  expect(await database.db.selectFrom('jobs').selectAll().execute()).toEqual([]);
  await database.close();
});
