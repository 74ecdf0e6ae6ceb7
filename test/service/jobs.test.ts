import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { holding, runLock } from '../kit/vitest/holding.js';
import { admin, type Credentials, type TestService, testService } from './service-kit.js';

// Some jobs work on this machine itself.
holding(runLock);

let folder = '';
let service: TestService | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobs-'));
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
/** Returns an inventory of hosts that are folders; one of that name is this machine, where commands are run. */
const hosts = (names: readonly string[], machine: string | undefined) => ({
  all: {
    hosts: Object.fromEntries(
      names.map((name) => [name, { connection: 'local', ...(name === machine ? {} : { root: at(name) }) }]),
    ),
  },
});

/** Starts a service over a site of this machine, whose hosts are folders. */
async function serve(tasks: object[], names = ['web1', 'web2'], machine?: string): Promise<TestService> {
  writeFileSync(at('site.yaml'), JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks }]));
  writeFileSync(at('inventory.yaml'), JSON.stringify(hosts(names, machine)));
  service = await testService({ site: at('site.yaml'), registry: false });
  return service;
}
const file = (path: string, content: string, more: object = {}) => ({
  name: `write ${path}`,
  file: { path, content, ...more },
});
const wait = { Prefer: 'wait=60' };

async function post(path: string, body: object = {}, as: Credentials = admin, headers: Record<string, string> = wait) {
  if (service === undefined) throw new Error('no service');
  return await service.send(`POST /api/v1/${path}`, body, as, headers);
}
const run = async (body: object = {}) => (await post('jobs', { kind: 'provision', ...body })).body;

describe('a job', () => {
  it('brings the hosts of the site to what it says, and finds nothing to do the second time', async () => {
    await serve([file('/etc/motd', 'hello\n')]);
    const first = await post('jobs', { kind: 'provision', reason: 'to see it' });
    expect([first.status, first.headers.get('preference-applied')]).toEqual([200, 'wait=60']);
    expect(first.body).toMatchObject({
      kind: 'provision',
      state: 'done',
      result: 'changed',
      hosts: ['web1', 'web2'],
      results: { web1: 'changed', web2: 'changed' },
      createdBy: 'anna',
      reason: 'to see it',
    });
    expect(readFileSync(at('web1/etc/motd'), 'utf8')).toBe('hello\n');
    expect(await run()).toMatchObject({ result: 'ok', results: { web1: 'ok', web2: 'ok' } });
    expect(await run({ limit: 'web2' })).toMatchObject({ hosts: ['web2'] });
  });

  it('is told by its address at once, unless somebody waits for it', async () => {
    const { send } = await serve([file('/etc/motd', 'hello\n')]);
    const { status, body, headers } = await post('jobs', { kind: 'check' }, admin, {});
    expect([status, headers.get('location')]).toEqual([202, `/api/v1/jobs/${body.id}`]);
    await vi.waitFor(async () => {
      expect((await send(`GET /api/v1/jobs/${body.id}`)).body).toMatchObject({ state: 'done', result: 'differs' });
    }, 30_000);
  });

  it('takes what the roles of its site take, as their schemas have it', async () => {
    const { send } = await serve([]);
    writeFileSync(
      at('site.yaml'),
      JSON.stringify([{ hosts: 'all', gather_facts: false, roles: ['registry-setup', 'nfs-export'] }]),
    );
    const { status, body } = await send('GET /api/v1/site/roles');
    expect([status, body.items.map(({ name }: { name: string }) => name)]).toEqual([
      200,
      ['registry-setup', 'nfs-export'],
    ]);
    const [{ variables, secrets, summary }] = body.items;
    expect(variables.properties.registry_version.description).toBeTypeOf('string');
    expect(summary).not.toBe('');
    expect(secrets.length).toBeGreaterThan(0);
    expect(Object.keys(variables.properties)).toEqual(expect.arrayContaining(secrets));
  });

  it('of the kind check changes nothing, and its plan is carried out as it is, or not at all', async () => {
    await serve([file('/etc/motd', 'hello\n')]);
    const check = (await post('jobs', { kind: 'check' })).body;
    expect(check).toMatchObject({ result: 'differs', canApprove: true, results: { web1: 'differs' } });
    const other = (await post('jobs', { kind: 'check' })).body;
    expect((await post(`jobs/${check.id}/approve`)).body).toMatchObject({ result: 'changed', parent: check.id });
    // The hosts have changed since the other plan was made.
    const refused = await post(`jobs/${other.id}/approve`);
    expect([refused.status, refused.body.detail]).toEqual([
      412,
      expect.stringMatching(/the hosts have changed since the plan was made: job \S+ has been at work on web1 since/),
    ]);
    expect((await post(`jobs/${(await run()).id}/approve`)).status).toBe(409);
  });

  it('is refused before it is there where the site, or what is asked for, is wrong', async () => {
    const { send } = await serve([file('/etc/motd', '{{text}}')]);
    const { status, body } = await post('jobs', { kind: 'provision' });
    expect([status, body.errors]).toEqual([
      422,
      [
        {
          pointer: expect.stringMatching(/^site\.yaml:1:\d+$/),
          detail: expect.stringMatching(/text is not defined|no variable/),
        },
      ],
    ]);
    expect((await post('jobs', { kind: 'provision', limit: 'nobody', variables: { text: 'a' } })).body.detail).toMatch(
      /nobody/,
    );
    expect((await post('jobs', { kind: 'provision', variables: { 'a b': 1 } })).status).toBe(422);
    expect((await post('jobs', { kind: 'dance' })).status).toBe(422);
    expect((await send('GET /api/v1/jobs')).body.items).toEqual([]);
  });

  it('takes variables as data, and secrets that nobody sees', async () => {
    const { send } = await serve([
      file('/etc/a', '{{text}}'),
      file('/etc/b', '{{hidden}}'),
      { debug: { msg: 'it is {{hidden}}' } },
    ]);
    const job = await run({ variables: { text: '{{hidden}} {{now}}' }, secrets: { hidden: 'canary-7c1f' } });
    expect(job).toMatchObject({ result: 'changed' });
    expect(readFileSync(at('web1/etc/a'), 'utf8')).toBe('{{hidden}} {{now}}');
    expect(readFileSync(at('web1/etc/b'), 'utf8')).toBe('canary-7c1f');
    const events = await send(`GET /api/v1/jobs/${job.id}/events`);
    expect(events.body.items.length).toBeGreaterThan(10);
    for (const text of [JSON.stringify(events.body), JSON.stringify(job)]) expect(text).not.toContain('canary');
  });

  it('of hosts that another has waits for it, and others go on beside', async () => {
    const { send } = await serve(
      [{ name: 'wait', command: { cmd: 'sleep 12', always: true } }],
      ['web1', 'web2'],
      'web1',
    );
    const start = async (limit: string) => (await post('jobs', { kind: 'provision', limit }, admin, {})).body.id;
    const get = async (id: string) => (await send(`GET /api/v1/jobs/${id}`)).body;
    const [first, second] = [await start('web1'), await start('web1')];
    await vi.waitFor(async () => {
      expect(await get(second)).toMatchObject({
        state: 'waiting',
        waitsFor: { reason: 'hosts', hosts: ['web1'], jobs: [first] },
      });
    }, 10_000);
    const third = await start('web2');
    for (const id of [third, second]) await vi.waitFor(async () => expect((await get(id)).state).toBe('done'), 60_000);
    const [{ endedAt }, { startedAt }, other] = [await get(first), await get(second), await get(third)];
    expect([startedAt >= endedAt, other.startedAt < startedAt]).toEqual([true, true]);
  });

  it('that is cancelled begins no more tasks, and the second time ends at once', async () => {
    const { send } = await serve(
      [{ name: 'wait', command: { cmd: 'sleep 3', always: true } }, file(at('after'), '')],
      ['web1'],
      'web1',
    );
    const start = async () => {
      const { body } = await post('jobs', { kind: 'provision' }, admin, {});
      await vi.waitFor(async () => {
        const { items } = (await send(`GET /api/v1/jobs/${body.id}/events`)).body;
        expect(items.map(({ event }: { event: { task?: string } }) => event.task)).toContain('wait');
      }, 20_000);
      return body.id;
    };
    const first = await start();
    expect((await post(`jobs/${first}/cancel`)).body).toMatchObject({ state: 'stopping', cancelled: true });
    await vi.waitFor(async () => {
      expect((await send(`GET /api/v1/jobs/${first}`)).body).toMatchObject({ state: 'done', result: 'cancelled' });
    }, 20_000);
    expect(() => readFileSync(at('after'))).toThrow('ENOENT');
    const second = await start();
    const begun = performance.now();
    await post(`jobs/${second}/cancel`);
    await post(`jobs/${second}/cancel`);
    await vi.waitFor(async () => {
      expect((await send(`GET /api/v1/jobs/${second}`)).body).toMatchObject({ state: 'done', result: 'cancelled' });
    }, 20_000);
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect((await post(`jobs/${second}/cancel`)).body.state).toBe('done');
    // A job that waits ends without having begun.
    const running = await start();
    const waiting = (await post('jobs', { kind: 'provision' }, admin, {})).body.id;
    expect((await post(`jobs/${waiting}/cancel`)).body).toMatchObject({
      state: 'done',
      result: 'cancelled',
      startedAt: null,
    });
    await post(`jobs/${running}/cancel`);
  });

  it('is repeated for the hosts that failed', async () => {
    await serve(
      [
        { name: 'go', command: { cmd: 'test -e /no/such/file', always: true }, when: 'eq inventory_hostname "web2"' },
        file(at('a'), ''),
      ],
      ['web1', 'web2'],
      'web2',
    );
    const job = await run();
    expect(job).toMatchObject({ result: 'partly', results: { web1: 'changed', web2: 'failed' } });
    expect((await post(`jobs/${job.id}/retry`)).body).toMatchObject({
      hosts: ['web2'],
      parent: job.id,
      result: 'failed',
    });
    const all = (await post(`jobs/${job.id}/retry`, { hosts: 'all' })).body;
    expect(all.hosts).toEqual(['web1', 'web2']);
    expect((await post(`jobs/${(await run({ limit: 'web1' })).id}/retry`)).status).toBe(409);
  });
});

describe('the events of a job', () => {
  it('come as a stream, each once and in order, however often it is cut', async () => {
    const tasks = Array.from({ length: 30 }, (_, index) => ({
      name: `task ${index}`,
      command: { cmd: 'sleep 0.05', always: true },
    }));
    const { url, send } = await serve(tasks, ['web1'], 'web1');
    const { id } = (await post('jobs', { kind: 'provision' }, admin, {})).body;
    const seen: string[] = [];
    let ended = false;
    for (let cuts = 0; !ended && cuts < 200; cuts += 1) {
      const cut = new AbortController();
      const headers = {
        Accept: 'text/event-stream',
        Authorization: `Basic ${Buffer.from(admin.join(':')).toString('base64')}`,
        ...(seen.length === 0 ? {} : { 'Last-Event-ID': String(seen.length) }),
      };
      const answer = await fetch(`${url}/api/v1/jobs/${id}/events`, { headers, signal: cut.signal });
      const timer = setTimeout(() => cut.abort(), 50 + Math.random() * 300);
      let text = '';
      try {
        for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString('utf8');
      } catch {
        // It was cut.
      }
      clearTimeout(timer);
      for (const event of text.split('\n\n').slice(0, -1)) {
        const [, number] = /^id: (\d+)$/m.exec(event) ?? [];
        const [, data = ''] = /^data: (.*)$/m.exec(event) ?? [];
        if (number !== undefined) {
          expect(Number(number)).toBe(seen.length + 1);
          seen.push(data);
        } else if (event.startsWith('event: end')) ended = true;
      }
    }
    expect(ended).toBe(true);
    const { items, next } = (await send(`GET /api/v1/jobs/${id}/events`)).body;
    expect(seen.map((line) => JSON.parse(line))).toEqual(items.map(({ event }: { event: object }) => event));
    expect(next).toBeNull();
    expect(JSON.parse(seen.at(-1) ?? '')).toMatchObject({ event: 'job-end', result: 'changed' });
    const page = (await send(`GET /api/v1/jobs/${id}/events?after=2&limit=3`)).body;
    expect([page.items.map(({ sequence }: { sequence: number }) => sequence), page.next]).toEqual([[3, 4, 5], 5]);
  });
});

describe('rights to work on hosts', () => {
  it('are given for hosts and what is done there; the rest is not there', async () => {
    const { send } = await serve([file('/etc/a', '')]);
    await send('POST /api/v1/users', { name: 'ben', password: 'correct horse battery' });
    const ben = ['ben', 'correct horse battery'] as const;
    const of = (kind: string, limit: string) => post('jobs', { kind, limit }, ben);
    const own = (await run({ limit: 'web2' })).id;
    expect([
      (await of('check', 'web1')).status,
      (await send(`GET /api/v1/jobs/${own}`, undefined, ben)).status,
    ]).toEqual([404, 404]);
    const grant = await post('job-grants', { account: 'ben', hosts: ['web1'], verbs: ['view', 'check'] });
    expect(grant.status).toBe(201);
    expect((await of('check', 'web1')).body).toMatchObject({ result: 'differs' });
    expect([
      (await of('provision', 'web1')).status,
      (await of('check', 'web2')).status,
      (await of('check', 'all')).status,
    ]).toEqual([403, 404, 404]);
    expect((await send('GET /api/v1/jobs', undefined, ben)).body.items).toHaveLength(1);
    expect((await send('GET /api/v1/hosts', undefined, ben)).body.items).toMatchObject([
      { name: 'web1', result: 'differs' },
    ]);
    await send(`DELETE /api/v1/job-grants/${grant.body.id}`);
    expect((await of('check', 'web1')).status).toBe(404);
  });
});
