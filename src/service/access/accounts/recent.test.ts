import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '../../store/database.js';
import { openDatabase } from '../../store/open-database.js';
import { AccountStore } from './accounts.js';

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recent-'));
  database = await openDatabase(join(folder, 'service.db'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await database.close();
  rmSync(folder, { recursive: true });
});

it('an account that this process disables is disabled at once, and one that another process disables within half a second', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const [own, other] = [new AccountStore(database), new AccountStore(database)];
  const { id } = await own.create({ name: 'anna' });
  const isDisabled = async () => (await own.recent(id))?.is_disabled;
  expect(await isDisabled()).toBe(0);
  await own.change('anna', { isDisabled: true });
  expect(await isDisabled()).toBe(1);
  await other.change('anna', { isDisabled: false });
  now = 499;
  expect(await isDisabled()).toBe(1);
  now = 500;
  expect(await isDisabled()).toBe(0);
});

it('an account that is read while it is changed is not kept as it was', async () => {
  const store = new AccountStore(database);
  const { id } = await store.create({ name: 'anna' });
  const before = await store.byId(id);
  let answer: () => void = () => {};
  vi.spyOn(store, 'byId').mockImplementationOnce(
    () => new Promise((resolve) => (answer = () => resolve(before))), // The database is slow.
  );
  const reading = store.recent(id);
  await store.change('anna', { isDisabled: true });
  answer();
  expect((await reading)?.is_disabled).toBe(0);
  expect((await store.recent(id))?.is_disabled).toBe(1);
});
