import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobStore } from '../../src/service/jobs/job-store.js';
import { type GivenSchedule, Schedules } from '../../src/service/jobs/schedules/schedules.js';
import type { Database } from '../../src/service/store/database.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { admin, type TestService, testService } from './service-kit.js';

const minute = 60_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schedules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('schedules in the database', () => {
  let database: Database;
  let one: Schedules;
  let other: Schedules;
  beforeEach(async () => {
    database = await openDatabase(join(folder, 'service.db'));
    one = new Schedules(database);
    other = new Schedules(database);
  });
  afterEach(async () => await database.close());

  const given = (more: Partial<GivenSchedule> = {}): GivenSchedule => ({
    name: 'nightly',
    cron: '0 3 * * *',
    zone: 'UTC',
    jitter: 0,
    window: null,
    catchUp: 'none',
    enabled: true,
    job: { kind: 'backup', tags: [], skipTags: [], variables: {}, force: false, update: false, prune: false },
    ...more,
  });
  const add = (more: Partial<GivenSchedule> = {}) => one.add(given(more), 'anna');
  const dueNow = (id: string) =>
    database.db.updateTable('schedules').set({ next_at: 1000 }).where('id', '=', id).execute();

  it('are taken once, whoever looks, and are due again at their next time', async () => {
    const { id } = await add();
    const now = Date.now();
    expect(await one.takeDue(now)).toBeUndefined();
    await dueNow(id);
    const taken = await Promise.all([one.takeDue(now), other.takeDue(now), one.takeDue(now)]);
    expect(taken.filter((each) => each !== undefined).map(({ schedule }) => schedule.id)).toEqual([id]);
    expect((await one.get(id)).next_at).toBeGreaterThan(now);
    expect((await one.get(id)).next_at).toBeLessThanOrEqual(now + 24 * 60 * minute);
  });

  it('that have come to their last time rest, and keep no other from its own', async () => {
    const last = await add({ name: 'last', cron: '2099-01-01T00:00:00' });
    const { id } = await add();
    await dueNow(last.id);
    await dueNow(id);
    const after = Date.parse('2100-01-01T00:00:00Z');
    expect([await one.takeDue(after), await one.takeDue(after)].map((taken) => taken?.schedule.name).sort()).toEqual([
      'last',
      'nightly',
    ]);
    expect([(await one.get(last.id)).next_at, await one.takeDue(after)]).toEqual([null, undefined]);
  });

  it('that a service took which ended before the job was there are taken again', async () => {
    const { id } = await add({ catchUp: 'one' });
    const { id: quiet } = await add({ name: 'none', catchUp: 'none' });
    const now = Date.now();
    for (const each of [id, quiet]) await dueNow(each);
    // Both are taken by a service that ends then.
    await one.takeDue(now);
    await one.takeDue(now);
    expect(await other.takeAbandoned(now + minute, 3 * minute)).toBeUndefined();
    const again = await Promise.all([
      other.takeAbandoned(now + 4 * minute, 3 * minute),
      one.takeAbandoned(now + 4 * minute, 3 * minute),
    ]);
    expect(again.filter((each) => each !== undefined).map(({ schedule }) => schedule.id)).toEqual([id]);
    // This time the job was added before the end.
    const jobs = new JobStore(database, 'one');
    const job = await jobs.add({ kind: 'backup', request: { work: 'backup' }, hosts: [], by: 'anna', schedule: id });
    await database.db
      .updateTable('jobs')
      .set({ created_at: now + 5 * minute })
      .where('id', '=', job.id)
      .execute();
    expect(await other.takeAbandoned(now + 9 * minute, 3 * minute)).toBeUndefined();
    expect((await one.get(id)).last_job).toBe(job.id);
  });

  it('whose start failed have the one before as their last', async () => {
    const { id } = await add({ catchUp: 'one' });
    const now = Date.now();
    const take = async (at: number) => {
      await dueNow(id);
      return (await one.takeDue(at)) ?? expect.fail('it is not due');
    };
    await one.notStarted(await take(now));
    expect(await one.get(id)).toMatchObject({ last_at: null, last_job: null });
    await take(now + minute);
    await one.started(id, 'a-job');
    await one.notStarted(await take(now + 2 * minute));
    expect(await one.get(id)).toMatchObject({ last_at: now + minute, last_job: 'a-job' });
    expect(await one.takeAbandoned(now + 60 * minute, minute)).toBeUndefined();
  });
});

describe('a service with schedules', () => {
  let service: TestService | undefined;
  afterEach(async () => {
    await service?.close();
    service = undefined;
  });
  const serve = async (more: object = {}) => {
    service = await testService({ registry: false, ...more });
    return service;
  };
  const backup = (name: string, more: object = {}) => ({ name, cron: '* * * * * *', job: { kind: 'backup' }, ...more });
  const scheduled = async ({ send }: TestService, id: string) => {
    const { items } = (await send('GET /api/v1/jobs?limit=500')).body;
    return items.filter(({ schedule }: { schedule: string }) => schedule === id);
  };

  it('adds their jobs at their times, none while one still waits, and none when they are disabled', async () => {
    const running = await serve();
    const { send } = running;
    const { status, body } = await send('POST /api/v1/schedules', backup('each second'));
    expect(status).toBe(201);
    await vi.waitFor(async () => expect((await scheduled(running, body.id)).length).toBeGreaterThan(2), 20_000);
    const shown = (await send(`GET /api/v1/schedules/${body.id}`)).body;
    expect((await scheduled(running, body.id)).map(({ id }: { id: string }) => id)).toContain(shown.lastJob);
    await send(`PATCH /api/v1/schedules/${body.id}`, { enabled: false });
    expect((await send(`GET /api/v1/schedules/${body.id}`)).body).toMatchObject({ nextAt: null, enabled: false });

    // A window that opens in two hours: one job waits for it, however often its time comes.
    const hour = (offset: number) => new Date(Date.now() + offset * 60 * minute).toISOString().slice(11, 16);
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const window = { days, from: hour(2), to: hour(3) };
    const later = (await send('POST /api/v1/schedules', backup('later', { window }))).body;
    await vi.waitFor(async () => expect(await scheduled(running, later.id)).toHaveLength(1), 20_000);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const [job, ...more] = await scheduled(running, later.id);
    expect([job.state, job.waitsFor.reason, more]).toEqual(['waiting', 'window', []]);
    expect(job.waitsFor.until.slice(11, 16)).toBe(window.from);
    expect((await send(`POST /api/v1/jobs/${job.id}/cancel`)).body.result).toBe('cancelled');
  });

  it('lets a job that waited for its time begin at that time', async () => {
    const { folder: state, send, close } = await serve();
    const database = await openDatabase(join(state, 'service.db'));
    const store = new JobStore(
      database,
      (await database.db.selectFrom('service_instances').selectAll().execute())[0]?.id ?? '',
    );
    const job = await store.add({
      kind: 'backup',
      request: { work: 'backup' },
      hosts: [],
      by: 'anna',
      notBefore: Date.now() + 3000,
    });
    await vi.waitFor(async () => expect((await store.get(job.id)).state).toBe('waiting'), 10_000);
    await vi.waitFor(async () => expect((await send(`GET /api/v1/jobs/${job.id}`)).body.state).toBe('done'), 20_000);
    const { started_at: startedAt, not_before: notBefore } = await store.get(job.id);
    expect(Number(startedAt)).toBeGreaterThanOrEqual(Number(notBefore));
    await database.close();
    await close();
    service = undefined;
  });

  it('makes up for one start that was missed, where that is asked for, and for no other', async () => {
    const file = join(folder, 'service.db');
    const stored = { database: file, key_file: join(folder, 'key') };
    const first = await serve(stored);
    const ids = new Map<string, string>();
    for (const catchUp of ['one', 'none']) {
      const { body } = await first.send('POST /api/v1/schedules', backup(catchUp, { catchUp, cron: '0 3 1 1 *' }));
      ids.set(catchUp, body.id);
    }
    await first.close();
    const database = await openDatabase(file);
    // Both were due three hours ago.
    await database.db
      .updateTable('schedules')
      .set({ next_at: Date.now() - 180 * minute })
      .execute();
    await database.close();
    service = undefined;
    const second = await serve(stored);
    await vi.waitFor(async () => expect(await scheduled(second, ids.get('one') ?? '')).toHaveLength(1), 20_000);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const counts = [];
    for (const name of ['one', 'none']) counts.push((await scheduled(second, ids.get(name) ?? '')).length);
    expect(counts).toEqual([1, 0]);
    for (const id of ids.values()) {
      const { nextAt } = (await second.send(`GET /api/v1/schedules/${id}`)).body;
      expect(Date.parse(nextAt)).toBeGreaterThan(Date.now());
    }
  });

  it('goes on when the work of one fails, and tells of it in the audit', async () => {
    writeFileSync(join(folder, 'site.yaml'), '- hosts: all\n  tasks: [{ debug: { msg: "{{missing}}" } }]\n');
    writeFileSync(join(folder, 'inventory.yaml'), 'all: { hosts: { web1: { connection: local } } }\n');
    const running = await serve({ site: join(folder, 'site.yaml') });
    const bad = await running.send('POST /api/v1/schedules', backup('bad', { job: { kind: 'check' } }));
    const good = await running.send('POST /api/v1/schedules', backup('good'));
    await vi.waitFor(async () => expect((await scheduled(running, good.body.id)).length).toBeGreaterThan(0), 30_000);
    await vi.waitFor(async () => {
      const { items } = (await running.send('GET /api/v1/audit?verb=schedule.start', undefined, admin)).body;
      expect(items[0]).toMatchObject({ object: 'bad', outcome: 'failed', reason: expect.stringMatching(/missing/) });
    }, 30_000);
    expect(await scheduled(running, bad.body.id)).toEqual([]);
  });

  it('adds no job for who may no longer do it', async () => {
    const running = await serve();
    const carol = ['carol', 'correct horse battery'] as const;
    await running.send('POST /api/v1/users', { name: carol[0], password: carol[1], admin: true });
    const { body } = await running.send('POST /api/v1/schedules', backup('hers', { cron: '0 3 1 1 *' }), carol);
    const start = () => running.send(`POST /api/v1/schedules/${body.id}/start`, {});
    expect((await start()).status).toBe(202);
    await running.send('PATCH /api/v1/users/carol', { admin: false });
    expect((await start()).status).toBe(403);
    await running.send(`PATCH /api/v1/schedules/${body.id}`, { cron: '* * * * * *' });
    await vi.waitFor(async () => {
      const { items } = (await running.send('GET /api/v1/audit?verb=schedule.start&actor=carol')).body;
      expect(items[0]).toMatchObject({ object: 'hers', outcome: 'failed' });
    }, 20_000);
    await running.send('PATCH /api/v1/users/carol', { admin: true, disabled: true });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(await scheduled(running, body.id)).toHaveLength(1);
  });
});
