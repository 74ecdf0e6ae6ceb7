import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type TestService, testService } from './service-kit.js';

const folder = mkdtempSync(join(tmpdir(), 'plans-'));
const at = (name: string) => join(folder, name);
const wait = { Prefer: 'wait=60' };
const file = (path: string, content: string) => ({ name: `write ${path}`, file: { path, content } });

describe('a plan', () => {
  let service: TestService;
  beforeAll(async () => {
    const tasks = [file('/etc/a', 'a\n'), file('/etc/b', 'b\n')];
    writeFileSync(at('site.yaml'), JSON.stringify([{ name: 'all', hosts: 'all', gather_facts: false, tasks }]));
    const hosts = Object.fromEntries(['web1', 'web2'].map((name) => [name, { connection: 'local', root: at(name) }]));
    writeFileSync(at('inventory.yaml'), JSON.stringify({ all: { hosts } }));
    service = await testService({ site: at('site.yaml'), registry: false, drift_every: 0 });
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const post = (path: string, body: object = {}) => service.send(`POST /api/v1/${path}`, body, admin, wait);
  const get = async (path: string) => (await service.send(`GET /api/v1/${path}`)).body;

  it('of one host is made, shown and carried out, and of no other host', async () => {
    const made = await post('hosts/web1/plan');
    expect(made.body).toMatchObject({ kind: 'check', hosts: ['web1'], result: 'differs', canApprove: true });
    const plan = await get(`jobs/${made.body.id}/plan`);
    expect(plan).toMatchObject({ complete: true, canApprove: true, stale: null, changed: [] });
    expect(plan.hosts).toMatchObject([
      {
        host: 'web1',
        result: 'differs',
        count: 2,
        tasks: [
          { task: 'write /etc/a', outcome: 'would-change', diff: { before: '', after: 'a\n' }, cut: false },
          { task: 'write /etc/b' },
        ],
      },
    ]);
    expect((await post(`jobs/${made.body.id}/approve`)).body).toMatchObject({ result: 'changed', hosts: ['web1'] });
    expect([readFileSync(at('web1/etc/a'), 'utf8'), existsSync(at('web2/etc/a'))]).toEqual(['a\n', false]);
    expect(await get(`jobs/${made.body.id}/plan`)).toMatchObject({
      canApprove: false,
      stale: expect.stringMatching(/has been at work on web1/),
    });
    expect((await post(`jobs/${made.body.id}/approve`)).status).toBe(412);
  });

  it('is refused where somebody has changed the host by hand since, and says what is different', async () => {
    const made = (await post('hosts/web2/plan')).body;
    expect((await post('hosts/web2/plan', { force: true })).body.result).toBe('differs');
    rmSync(at('web2/etc'), { recursive: true, force: true });
    mkdirSync(at('web2/etc'), { recursive: true });
    writeFileSync(at('web2/etc/a'), 'a\n');
    const refused = await post(`jobs/${made.id}/approve`);
    expect([refused.status, refused.body.errors]).toEqual([
      412,
      expect.arrayContaining([
        { pointer: 'web2: write /etc/a', detail: expect.stringMatching(/^planned: would-change: .*; now: /) },
      ]),
    ]);
    const job = String(refused.headers.get('location')).split('/').at(-1);
    expect(await get(`jobs/${job}`)).toMatchObject({ state: 'done', result: 'failed' });
    expect((await get(`jobs/${job}/plan`)).changed).toMatchObject([{ host: 'web2', task: 'write /etc/a' }]);
    expect(existsSync(at('web2/etc/b'))).toBe(false);
  });

  it('is of a host or registry that is there, and of a check', async () => {
    expect((await post('hosts/nobody/plan')).status).toBe(404);
    expect((await post('registries/nobody/plan')).status).toBe(404);
    expect((await post('hosts/web1/plan', { dance: true })).status).toBe(422);
    const run = (await post('jobs', { kind: 'provision', limit: 'web1' })).body;
    expect((await service.send(`GET /api/v1/jobs/${run.id}/plan`)).status).toBe(409);
  });
});
