import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runOptions } from '../jobs/child/child-request.js';
import { JobStore } from '../jobs/job-store.js';
import type { Database } from '../store/database.js';
import { openDatabase } from '../store/open-database.js';
import { DriftStore } from './drift-store.js';
import { DriftWatch, driftWatcher } from './drift-watch.js';

describe('the clock of the checks of a whole site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-watch-'));
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(join(folder, 'service.db'));
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const look = {
    plays: [{ name: 'all', hosts: ['web1', 'web2'], roles: [], tags: [] }],
    hosts: [],
    warnings: [],
  };
  const request = { work: 'run' as const, run: runOptions.parse({}) };

  it('adds one at a time, beside no other job on its hosts, and not again before its time', async () => {
    const store = new JobStore(database, 'one');
    const complaints: string[] = [];
    const parts = {
      database,
      drift: new DriftStore(database),
      complain: (message: string) => void complaints.push(message),
      site: { check: async () => look },
      jobs: { store, add: (job: Parameters<JobStore['add']>[0]) => store.add(job) },
    };
    const own = async () => (await store.list(10)).filter((job) => job.created_by === driftWatcher);
    const other = await store.add({ kind: 'provision', request, hosts: ['web2'], by: 'anna' });
    const watch = new DriftWatch(parts, { every: 600, first: 0, look: 10 });
    watch.begin();
    await pause(100);
    expect(await own()).toEqual([]);
    await store.end(other.id, { result: 'ok' });
    await vi.waitFor(async () => expect(await own()).toHaveLength(1), 5000);
    const [first] = await own();
    expect(first).toMatchObject({ kind: 'check', hosts: '["web1","web2"]', reason: 'drift_every' });
    // As long as it has not ended there is no second one.
    await pause(900);
    expect(await own()).toHaveLength(1);
    await store.end(first?.id ?? '', { result: 'ok' });
    await vi.waitFor(async () => expect(await own()).toHaveLength(2), 5000);
    await watch.close();
    expect(complaints).toEqual([]);
  });
});
