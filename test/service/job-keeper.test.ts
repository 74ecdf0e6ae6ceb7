import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type JobRunOptions, runOptions } from '../../src/service/jobs/child/child-request.js';
import type { JobRequest, StoredJob } from '../../src/service/jobs/job.js';
import { JobFolders } from '../../src/service/jobs/job-folders.js';
import { JobKeeper, type JobKeeperParts } from '../../src/service/jobs/job-keeper.js';
import { startJob } from '../../src/service/jobs/job-process.js';
import { JobStore } from '../../src/service/jobs/job-store.js';
import type { Database } from '../../src/service/store/database.js';
import { openKeyFile } from '../../src/service/store/key-file.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { checkout } from '../kit/provision.js';

const program = [process.execPath, join(checkout, 'dist/src/cli/main.js'), 'run-job'] as const;
const minute = 60_000;
let folder = '';
let database: Database;
let keepers: JobKeeper[] = [];
let complaints: string[] = [];

/** Writes a site whose runs say in the file `begun` that they have begun, and wait for the file `go` where there is none yet. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'job-keeper-'));
  writeFileSync(
    at('site.ts'),
    `import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineSite, file } from 'registry-provision';
if (process.argv.at(-1) !== 'look') {
  appendFileSync(${JSON.stringify(at('begun'))}, process.argv.at(-1) + '\\n');
  while (!existsSync(${JSON.stringify(at('go'))})) await pause(50);
}
export default defineSite([
  { name: 'all', hosts: 'all', gather_facts: false, tasks: [file({ path: '/done', content: 'x' })] },
]);
`,
  );
  const hosts = Object.fromEntries(['web1', 'web2'].map((name) => [name, { connection: 'local', root: at(name) }]));
  for (const name of Object.keys(hosts)) mkdirSync(at(name));
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
  database = await openDatabase(at('service.db'));
  keepers = [];
  complaints = [];
});
afterEach(async () => {
  writeFileSync(at('go'), '');
  for (const keeper of keepers) await keeper.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const site = () => ({
  site: at('site.ts'),
  inventory: [at('inventory.yaml')],
  vaultPasswordFiles: [],
  acceptNew: false,
});

async function keep(instance: string, more: Partial<JobKeeperParts> = {}): Promise<JobKeeper> {
  const keeper = new JobKeeper({
    database,
    folders: new JobFolders(at(instance)),
    sealing: await openKeyFile(at('key')),
    instance,
    program,
    site: site(),
    vendors: undefined,
    most: 4,
    kept: { number: 100, days: 30, bytes: 1e9 },
    ownWork: async () => ({ result: 'ok' }),
    goneAfter: minute,
    complain: (message) => void complaints.push(message),
    ...more,
  });
  keepers.push(keeper);
  return keeper;
}

const options = (more: Partial<JobRunOptions> = {}) => runOptions.parse(more);
const request = (more: Partial<JobRunOptions> = {}): JobRequest => ({ work: 'run', run: options(more) });
const run = { kind: 'provision', request: request(), hosts: ['web1', 'web2'], by: 'anna' } as const;
const backup = { kind: 'backup', request: { work: 'backup' }, hosts: [], by: 'anna' } as const;
const begun = () => (existsSync(at('begun')) ? readFileSync(at('begun'), 'utf8').trim().split('\n') : []);
const change = (id: string, row: Partial<StoredJob>) =>
  database.db.updateTable('jobs').set(row).where('id', '=', id).execute();

/** Waits until a job has ended. */
async function end({ store }: JobKeeper, id: string): Promise<StoredJob> {
  await vi.waitFor(async () => expect((await store.get(id)).state).toBe('done'), { timeout: 60_000, interval: 100 });
  return await store.get(id);
}
const hasBegun = (count = 1) =>
  vi.waitFor(() => expect(begun()).toHaveLength(count), { timeout: 30_000, interval: 50 });

describe('a job that ran when its service ended', () => {
  it('is begun by one process alone, and is not lost by the end of another', async () => {
    const keeper = await keep('one');
    const { id } = await new JobStore(database, 'one').add(run);
    // The service was killed when it had started the process, and before it wrote so.
    await change(id, { state: 'running' });
    const home = await keeper.folders.make(id);
    const first = startJob(program, id, { work: 'run', site: site(), run: options(), folder: home, secrets: {} }, home);
    await keeper.begin();
    await hasBegun();
    await pause(4000);
    expect((await keeper.store.get(id)).state).toBe('running');
    writeFileSync(at('go'), '');
    expect(await end(keeper, id)).toMatchObject({ result: 'changed' });
    expect([begun(), first.pid === undefined]).toEqual([[id], false]);
  });

  it('is started where no process had been', async () => {
    const keeper = await keep('one');
    const { id } = await new JobStore(database, 'one').add(run);
    await change(id, { state: 'running', pid: 2 ** 22 - 1 });
    writeFileSync(at('go'), '');
    await keeper.begin();
    expect(await end(keeper, id)).toMatchObject({ result: 'changed' });
    expect(begun()).toEqual([id]);
  });

  it('and was cancelled before it had begun never begins', async () => {
    const keeper = await keep('one');
    const { id } = await new JobStore(database, 'one').add(run);
    await change(id, { state: 'stopping', cancel: 1, pid: 2 ** 22 - 1 });
    await keeper.begin();
    expect(await end(keeper, id)).toMatchObject({ result: 'cancelled' });
    const home = keeper.folders.of(id);
    startJob(program, id, { work: 'run', site: site(), run: options(), folder: home, secrets: {} }, home);
    await vi.waitFor(() => expect(readFileSync(join(home, 'errors.txt'), 'utf8')).toMatch(/EEXIST/), 30_000);
    expect(begun()).toEqual([]);
  });

  it('and cannot be read is ended, and keeps nothing else from its work', async () => {
    const keeper = await keep('one');
    const { id } = await new JobStore(database, 'one').add(run);
    await change(id, { request: '{"work":"dance"}' });
    const other = await new JobStore(database, 'one').add(backup);
    await keeper.begin();
    expect(await end(keeper, id)).toMatchObject({
      result: 'failed',
      problem: expect.stringMatching(/^it could not be/),
    });
    expect(await end(keeper, other.id)).toMatchObject({ result: 'ok' });
  });
});

describe('the end of a job', () => {
  it('is written when the database is there again', async () => {
    const keeper = await keep('one');
    await keeper.begin();
    const [job, own] = [await keeper.add(run), await keeper.add(backup)];
    await hasBegun();
    await end(keeper, own.id);
    await sql`alter table job_locks rename to away`.execute(database.db);
    writeFileSync(at('go'), '');
    const late = await keeper.add(backup);
    await vi.waitFor(() => expect(complaints.join()).toMatch(/job_locks/), 30_000);
    await pause(2000);
    expect((await keeper.store.get(job.id)).state).toBe('running');
    expect(complaints.length).toBeLessThan(4);
    await sql`alter table away rename to job_locks`.execute(database.db);
    expect(await end(keeper, job.id)).toMatchObject({ result: 'changed' });
    expect(await end(keeper, late.id)).toMatchObject({ result: 'ok' });
  });

  it('is lost where its process was killed, and its secrets are gone with it', async () => {
    const keeper = await keep('one');
    await keeper.begin();
    const { id } = await keeper.add(run, { hidden: 'canary' });
    await hasBegun();
    expect((await keeper.store.get(id)).sealed).not.toBeNull();
    process.kill((await keeper.folders.startedBy(id)) ?? expect.fail('it has not begun'), 'SIGKILL');
    const { result, problem, sealed } = await end(keeper, id);
    expect([result, problem, sealed]).toEqual(['lost', 'its process ended without a word', null]);
    expect(await database.db.selectFrom('job_locks').selectAll().execute()).toEqual([]);
  });
});

describe('services that share a database', () => {
  it('cancel the jobs of each other', async () => {
    const [one, two] = [await keep('one'), await keep('two')];
    await one.begin();
    await two.begin();
    const { id } = await one.add(run);
    await hasBegun();
    expect(await two.cancel(id)).toMatchObject({ state: 'stopping' });
    await two.cancel(id);
    expect(await end(one, id)).toMatchObject({ result: 'cancelled' });
  });

  it('wait for the hosts of each other, and go on when these are free', async () => {
    const [one, two] = [await keep('one'), await keep('two')];
    await one.begin();
    await two.begin();
    const first = await one.add(run);
    await hasBegun();
    const second = await two.add({ ...run, hosts: ['web2', 'web1'] });
    await vi.waitFor(async () => expect((await two.store.get(second.id)).state).toBe('waiting'), 20_000);
    writeFileSync(at('go'), '');
    const [ended, after] = [await end(one, first.id), await end(two, second.id)];
    expect([ended.result, after.result]).toEqual(['changed', 'ok']);
    expect(Number(after.started_at)).toBeGreaterThanOrEqual(Number(ended.ended_at));
  });

  it('take over what one that is gone had not begun, tell what it ran as lost, and do nothing twice', async () => {
    const gone = new JobStore(database, 'gone');
    await gone.seen();
    const [ran, waited] = [await gone.add(run), await gone.add(run)];
    expect(await gone.start(ran)).toBeUndefined();
    const [one, two] = [await keep('one', { goneAfter: 3000 }), await keep('two', { goneAfter: 3000 })];
    writeFileSync(at('go'), '');
    await one.begin();
    await two.begin();
    expect(await end(one, ran.id)).toMatchObject({
      result: 'lost',
      problem: expect.stringMatching(
        /^the service that ran it is gone\..*\nweb1: (no change|begun).*\nweb2: (no change|begun)/,
      ),
    });
    expect(await end(one, waited.id)).toMatchObject({ result: 'changed', owner: expect.stringMatching(/^(one|two)$/) });
    expect(begun()).toEqual([waited.id]);
    // What comes back doesn't begin what was taken from it.
    const later = await gone.add(run);
    await change(later.id, { owner: 'two' });
    expect(await gone.start(later)).toEqual([]);
  });
});

describe('work of the service itself', () => {
  const patient = () => {
    const told: string[] = [];
    const ownWork: JobKeeperParts['ownWork'] = (_request, _say, { noMore, atOnce }) =>
      new Promise((_resolve, reject) => {
        noMore.addEventListener('abort', () => told.push('no more'));
        atOnce.addEventListener('abort', () => {
          told.push('at once');
          reject(atOnce.reason);
        });
      });
    return { told, ownWork };
  };
  const runs = (keeper: JobKeeper, id: string) =>
    vi.waitFor(async () => expect((await keeper.store.get(id)).state).toBe('running'), { timeout: 10_000 });

  it('heard nothing of being cancelled', async () => {
    const { told, ownWork } = patient();
    const keeper = await keep('one', { ownWork });
    await keeper.begin();
    const { id } = await keeper.add(backup);
    await runs(keeper, id);
    expect(await keeper.cancel(id)).toMatchObject({ state: 'stopping' });
    expect(told).toEqual(['no more']);
    await keeper.cancel(id);
    expect(await end(keeper, id)).toMatchObject({ result: 'cancelled', problem: 'it was cancelled' });
    expect(told).toEqual(['no more', 'at once']);
  });

  it('heard nothing of being cancelled by another service', async () => {
    const { told, ownWork } = patient();
    const [keeper, other] = [await keep('one', { ownWork }), await keep('two')];
    await keeper.begin();
    const { id } = await keeper.add(backup);
    await runs(keeper, id);
    await other.cancel(id);
    await vi.waitFor(() => expect(told).toEqual(['no more']), { timeout: 10_000 });
    await other.cancel(id);
    expect(await end(keeper, id)).toMatchObject({ result: 'cancelled' });
  });

  it('was lost when its service was stopped', async () => {
    const { ownWork } = patient();
    const keeper = await keep('one', { ownWork });
    await keeper.begin();
    const { id } = await keeper.add(backup);
    await runs(keeper, id);
    await keeper.close();
    expect(await keeper.store.get(id)).toMatchObject({ result: 'cancelled', problem: 'the service was stopped' });
  });

  it('that does not heed the end of its service does not keep it', async () => {
    const keeper = await keep('one', { ownWork: () => new Promise(() => {}) });
    await keeper.begin();
    const { id } = await keeper.add(backup);
    await runs(keeper, id);
    const began = performance.now();
    await keeper.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((await keeper.store.get(id)).state).toBe('running');
  });

  it('that fails, or ends well though it was cancelled once, says so', async () => {
    const keeper = await keep('one', {
      ownWork: (_request, _say, { noMore }) =>
        new Promise((resolve) => noMore.addEventListener('abort', () => resolve({ result: 'changed' }))),
    });
    await keeper.begin();
    const { id } = await keeper.add(backup);
    await runs(keeper, id);
    await keeper.cancel(id);
    expect(await end(keeper, id)).toMatchObject({ result: 'changed' });
    const failing = await keep('two', { ownWork: () => Promise.reject(new Error('the disk is full')) });
    await failing.begin();
    expect(await end(failing, (await failing.add(backup)).id)).toMatchObject({
      result: 'failed',
      problem: 'the disk is full',
    });
  });
});
