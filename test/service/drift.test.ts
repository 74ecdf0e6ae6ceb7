import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/service/store/open-database.js';
import { type PostgresServer, startPostgres } from './postgres-kit.js';
import { admin, type Credentials, type TestService, testService } from './service-kit.js';

/* Hosts of these sites are folders of this machine. */

let folder = '';
let service: TestService | undefined;
let postgres: PostgresServer | undefined;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => await postgres?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drift-'));
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const file = (path: string, content: string, more: object = {}) => ({
  name: `write ${path}`,
  file: { path, content, ...more },
});
function writeSite(tasks: object[]): void {
  writeFileSync(at('site.yaml'), JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks }]));
}
function writeHosts(names: readonly string[], away: readonly string[] = []): void {
  const reach = (name: string) =>
    away.includes(name)
      ? { ansible_host: '127.0.0.1', ansible_port: 1, connect_retries: 0 }
      : { connection: 'local', root: at(name) };
  const hosts = Object.fromEntries(names.map((name) => [name, reach(name)]));
  writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
}
async function serve(more: object = {}): Promise<TestService> {
  service = await testService({ site: at('site.yaml'), registry: false, drift_every: 0, ...more });
  return service;
}
async function send(request: string, body?: unknown, as: Credentials = admin, headers: Record<string, string> = {}) {
  if (service === undefined) throw new Error('no service');
  return await service.send(request, body, as, headers);
}
const job = async (kind: string, body: object = {}) =>
  (await send('POST /api/v1/jobs', { kind, ...body }, admin, { Prefer: 'wait=60' })).body;
const driftOf = async (host: string) => (await send(`GET /api/v1/hosts/${host}`)).body.drift;
const differing = async (query = '') =>
  (await send(`GET /api/v1/drift${query}`)).body.items.map(({ host }: { host: string }) => host);

/** Returns the events of the outbox that a service on a database has written. */
async function eventsOf(address: string): Promise<string[]> {
  const database = await openDatabase(address);
  try {
    const rows = await database.db.selectFrom('service_events').selectAll().orderBy('number').execute();
    return rows.filter(({ kind }) => /^(drift|replicas)\./.test(kind)).map(({ kind, subject }) => `${kind} ${subject}`);
  } finally {
    await database.close();
  }
}

describe.each(['sqlite', 'postgres'] as const)('drift, in %s', (kind) => {
  it('is found by a check, stays with its time, and goes with a run that ends well', async () => {
    writeSite([file('/etc/motd', 'hello\n')]);
    writeHosts(['web1', 'web2']);
    const database = kind === 'sqlite' ? at('service.db') : await postgres?.database();
    await serve({ database });
    expect(await driftOf('web1')).toMatchObject({ state: 'unknown', reason: 'never', since: null, tasks: [] });
    expect(await differing()).toEqual([]);

    const check = await job('check');
    const first = await driftOf('web1');
    expect(first).toMatchObject({
      state: 'differs',
      count: 1,
      job: check.id,
      tasks: [{ task: 'write /etc/motd', outcome: 'would-change', diff: { before: '', after: 'hello\n' }, role: null }],
    });
    expect(await differing()).toEqual(['web1', 'web2']);
    const again = await job('check');
    expect(await driftOf('web1')).toMatchObject({ since: first.since, differsSince: first.since, job: again.id });

    expect(await job('provision', { limit: 'web1' })).toMatchObject({ result: 'changed' });
    expect(await driftOf('web1')).toMatchObject({ state: 'as-wanted', differsSince: null, tasks: [] });
    expect(await differing()).toEqual(['web2']);
    expect(await differing('?state=as-wanted')).toEqual(['web1']);

    // Somebody edits the file there, and a run without force leaves it: that still differs.
    writeFileSync(at('web1/etc/motd'), 'mine\n');
    await job('provision', { limit: 'web1' });
    expect(await driftOf('web1')).toMatchObject({ state: 'differs', tasks: [{ outcome: 'kept' }] });
    await job('provision', { limit: 'web1', force: true });
    expect(await driftOf('web1')).toMatchObject({ state: 'as-wanted' });

    // A host that the inventory has no more is nobody's.
    writeHosts(['web1']);
    await job('check');
    await service?.close();
    expect(await eventsOf(String(database))).toEqual([
      'drift.found web1',
      'drift.found web2',
      'drift.gone web1',
      'drift.found web1',
      'drift.gone web1',
      'drift.gone web2',
    ]);
    service = undefined;
  });
});

describe('drift', () => {
  it('of a host that cannot be reached is unknown, and still counts from when it was found', async () => {
    writeSite([file('/etc/motd', 'hello\n')]);
    writeHosts(['web1']);
    await serve();
    await job('check');
    const { since } = await driftOf('web1');
    writeHosts(['web1'], ['web1']);
    expect(await job('check')).toMatchObject({ result: 'unreachable' });
    const away = await driftOf('web1');
    expect(away).toMatchObject({ state: 'unknown', reason: 'unreachable', differsSince: since });
    await job('check');
    expect(await driftOf('web1')).toMatchObject({ since: away.since });
    writeHosts(['web1']);
    await job('check');
    expect(await driftOf('web1')).toMatchObject({ state: 'differs', differsSince: since, reason: null });
  });

  it('is not cleared by a look at some of the tasks, nor said by one with variables of its own', async () => {
    writeSite([file('/etc/a', 'a'), { ...file('/etc/b', '{{text}}'), tags: ['b'] }]);
    writeHosts(['web1']);
    writeFileSync(
      at('inventory.yaml'),
      JSON.stringify({ all: { hosts: { web1: { connection: 'local', root: at('web1') } }, vars: { text: 'b' } } }),
    );
    await serve();
    await job('check', { variables: { text: 'other' } });
    expect(await driftOf('web1')).toMatchObject({ reason: 'never' });
    await job('check', { tags: ['b'] });
    expect(await driftOf('web1')).toMatchObject({ state: 'differs', tasks: [{ task: 'write /etc/b' }] });
    await job('check');
    expect(await driftOf('web1')).toMatchObject({ count: 2 });
    await job('provision', { tags: ['b'] });
    expect(await driftOf('web1')).toMatchObject({ state: 'differs', tasks: [{ task: 'write /etc/a' }] });
  });

  it('is seen by those who may see the host', async () => {
    writeSite([file('/etc/motd', 'hello\n')]);
    writeHosts(['web1', 'web2']);
    await serve();
    await job('check');
    const bob = ['bob', 'hunter2 hunter2'] as const;
    await send('POST /api/v1/users', { name: bob[0], password: bob[1] });
    await send('POST /api/v1/job-grants', { account: 'bob', hosts: ['web2'], verbs: ['view'] });
    const { body } = await send('GET /api/v1/drift', undefined, bob);
    expect(body.items).toMatchObject([{ host: 'web2', state: 'differs', registries: [] }]);
    expect((await send('GET /api/v1/drift?after=x', undefined, bob)).status).toBe(400);
    const page = (await send('GET /api/v1/drift?limit=1')).body;
    expect(page.next).not.toBeNull();
    expect((await send(`GET /api/v1/drift?limit=1&after=${encodeURIComponent(page.next)}`)).body).toMatchObject({
      items: [{ host: 'web2' }],
      next: null,
    });
  });
});
