import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jobEvents } from '../../src/service/jobs/job-feed.js';
import { JobFolders } from '../../src/service/jobs/job-folders.js';
import { JobStore, type NewJob } from '../../src/service/jobs/job-store.js';
import { removeOldJobs } from '../../src/service/jobs/kept-jobs.js';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';

const day = 24 * 3_600_000;
const now = Date.now();
const usual = { number: 100, days: 100, bytes: 1e9 };
let folder = '';
let database: Database;
let store: JobStore;
let folders: JobFolders;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kept-jobs-'));
  database = await openDatabase(join(folder, 'service.db'));
  store = new JobStore(database, 'one');
  folders = new JobFolders(join(folder, 'jobs'));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Kept {
  readonly kind?: NewJob['kind'];
  /** Days since it ended; undefined: it has not. */
  readonly age?: number | undefined;
  readonly bytes?: number;
  readonly by?: JobStore;
}

/** Adds jobs, the oldest first, and returns their ids. */
async function add(...jobs: readonly Kept[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { kind = 'provision', age = 0, bytes = 10, by = store } of jobs) {
    const { id } = await by.add({ kind, request: { work: 'backup' }, hosts: ['web1'], by: 'anna' });
    await by.end(id, { result: 'ok', hosts: { web1: 'ok' } });
    await database.db
      .updateTable('jobs')
      .set({ ended_at: now - age * day })
      .where('id', '=', id)
      .execute();
    writeFileSync(join(await folders.make(id), 'events.ndjson'), `${'x'.repeat(bytes - 1)}\n`);
    ids.push(id);
  }
  return ids;
}

/** Returns the numbers of those jobs that are there, with their folders. */
async function kept(ids: readonly string[]): Promise<number[]> {
  const there = new Set((await store.list(1000)).map(({ id }) => id));
  expect(new Set(readdirSync(join(folder, 'jobs')))).toEqual(there);
  return ids.flatMap((id, at) => (there.has(id) ? [at] : []));
}

it('the newest jobs of each kind are kept', async () => {
  const ids = await add(...['check', 'provision', 'check', 'provision', 'check'].map((kind) => ({ kind }) as Kept));
  await removeOldJobs(store, folders, { ...usual, number: 2 });
  expect(await kept(ids)).toEqual([1, 2, 3, 4]);
  const { n } = await database.db
    .selectFrom('job_hosts')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect(n).toBe(4);
});

it('jobs that are too old are deleted, but the newest of a kind, and those that have not ended', async () => {
  const ids = await add({ age: 30 }, { age: 20 }, { age: 9 }, { kind: 'check', age: 40 });
  const { id } = await store.add({ kind: 'provision', request: { work: 'backup' }, hosts: [], by: 'anna' });
  await folders.make(id);
  await removeOldJobs(store, folders, { ...usual, days: 10 });
  expect(await kept([...ids, id])).toEqual([2, 3, 4]);
});

it('what does not fit into the bytes is deleted, and does not count against others', async () => {
  const ids = await add({ bytes: 300 }, { bytes: 5000 }, { bytes: 300 }, { kind: 'check', bytes: 300 });
  await removeOldJobs(store, folders, { ...usual, bytes: 1000 });
  expect(await kept(ids)).toEqual([0, 2, 3]);
  await removeOldJobs(store, folders, { ...usual, bytes: 500 });
  expect(await kept(ids)).toEqual([2, 3]);
  // The newest of a kind says how things are, however large it is.
  await removeOldJobs(store, folders, { ...usual, bytes: 1 });
  expect(await kept(ids)).toEqual([2, 3]);
});

it('the events of a job that is a day old are packed, and read as before, from any number', async () => {
  const [id = ''] = await add({ age: 2 });
  const lines = Array.from({ length: 500 }, (_, at) => JSON.stringify({ at, text: `é${'x'.repeat(at)}` }));
  writeFileSync(folders.eventsPath(id), `${lines.join('\n')}\n`);
  await removeOldJobs(store, folders, usual);
  expect(readdirSync(folders.of(id))).toEqual(['events.ndjson.gz']);
  for (const after of [0, 1, 250, 499, 500]) {
    const seen: string[] = [];
    for await (const { sequence, line } of jobEvents({ store, folders }, id, after, new AbortController().signal)) {
      seen.push(line);
      expect(sequence).toBe(after + seen.length);
    }
    expect(seen).toEqual(lines.slice(after));
  }
  await removeOldJobs(store, folders, usual);
  expect(readdirSync(folders.of(id))).toEqual(['events.ndjson.gz']);
});

it('a packed file that is damaged is an error to its reader alone', async () => {
  const [id = ''] = await add({ age: 2 });
  rmSync(folders.eventsPath(id));
  writeFileSync(`${folders.eventsPath(id)}.gz`, 'this was packed once');
  const read = async () => {
    for await (const _ of jobEvents({ store, folders }, id, 0, new AbortController().signal));
  };
  await expect(read()).rejects.toThrow(/incorrect header check/);
});

it('jobs of another service are its own to delete, until it is gone', async () => {
  const other = new JobStore(database, 'other');
  const ids = await add({ by: other, age: 30 }, { by: other, age: 20 }, { age: 5 });
  await removeOldJobs(store, folders, { ...usual, days: 10 });
  expect(await kept(ids)).toEqual([0, 1, 2]);
  await removeOldJobs(store, folders, { ...usual, days: 10 }, ['other']);
  expect(await kept(ids)).toEqual([1, 2]);
});

it('a folder that no job has is deleted once it is old', async () => {
  const ids = await add({});
  for (const [name, age] of [
    ['new', 1],
    ['old', 50],
  ] as const) {
    mkdirSync(folders.of(name));
    const at = new Date(now - age * day);
    utimesSync(folders.of(name), at, at);
  }
  await removeOldJobs(store, folders, { ...usual, days: 10 });
  expect(readdirSync(join(folder, 'jobs')).sort()).toEqual([...ids, 'new'].sort());
});

it('the end of a job is found behind a line of any length, and a damaged line is no end', async () => {
  const [long = '', cut = '', damaged = '', none = ''] = await add({}, {}, {}, {});
  const end = JSON.stringify({ event: 'job-end', time: 'now', result: 'ok', problem: 'é'.repeat(200_000) });
  writeFileSync(folders.eventsPath(long), `{"event":"host-start","host":"web1"}\n${end}\n`);
  writeFileSync(folders.eventsPath(cut), `{"event":"host-start","host":"web1"}\n${end.slice(0, -9)}`);
  writeFileSync(folders.eventsPath(damaged), `{"event":"host-start","host":"web1"}\n"host-end"\0\0\0\n`);
  rmSync(folders.eventsPath(none));
  expect(await folders.endOf(long)).toEqual(JSON.parse(end));
  for (const id of [cut, damaged, none]) expect(await folders.endOf(id)).toBeUndefined();
  expect([await folders.unfinishedHosts(damaged), await folders.unfinishedHosts(none)]).toEqual([['web1'], []]);
});

it('a job is begun by one process alone, or by none', async () => {
  const [id = '', begun = ''] = await add({}, {});
  expect(await folders.startedBy(id)).toBeUndefined();
  expect([await folders.close(id), await folders.close(id), await folders.startedBy(id)]).toEqual([true, true, 0]);
  writeFileSync(join(folders.of(begun), 'started'), '123\n');
  expect([await folders.close(begun), await folders.startedBy(begun)]).toEqual([false, 123]);
});
