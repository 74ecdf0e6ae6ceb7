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

test('twenty thousand queries hold neither memory outside the heap nor everything else', async () => {
  const database = await openDatabase(join(folder, 'many.db'));
  const turns = { count: 0 };
  const timer = setInterval(() => {
    turns.count += 1;
  }, 10);
  const before = process.memoryUsage.rss();
  for (let at = 0; at < 20_000; at += 1) {
    await database.db.selectFrom('given_notices').selectAll().where('name', '=', `n${at}`).execute();
  }
  const megabytes = (process.memoryUsage.rss() - before) / 2 ** 20;
  clearInterval(timer);
  await database.close();
  expect(megabytes).toBeLessThan(60); // Each statement by itself: 110 and more.
  expect(turns.count).toBeGreaterThan(3);
});
