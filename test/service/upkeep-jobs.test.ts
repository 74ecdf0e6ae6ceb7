import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRegistry } from '../../src/registry/server/serve.js';
import { ImageSetMaker } from '../registry/proxy/image-set.js';
import { populate } from '../registry/proxy/populate.js';
import { type TestService, testService } from './service-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
let service: TestService;
const wait = { Prefer: 'wait=60' };
const post = (body: object, query = '') => service.send(`POST /api/v1/jobs${query}`, body, undefined, wait);
const tags = async (repository: string) => {
  const { body } = await service.send(
    `GET /api/v1/registries/local/repositories/${encodeURIComponent(repository)}/tags`,
  );
  return (body.items ?? []).map(({ name }: { name: string }) => name);
};
const said = async (id: string) =>
  (await service.send(`GET /api/v1/jobs/${id}/events`)).body.items.map(
    ({ event }: { event: { text: string } }) => event.text,
  );

beforeAll(async () => {
  service = await testService();
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
  const set = new ImageSetMaker();
  const old = set.image('app', [set.layer('old', 200_000)], { seed: 'old' });
  const current = set.image('app', [set.layer('new', 200_000)], { seed: 'new' });
  for (const tag of ['old-1', 'old-2']) set.tag('app', tag, old);
  set.tag('app', '1.0', current);
  set.tag('app', 'only-old', old);
  const source = await serveRegistry({ dir: join(service.folder, 'source') });
  await populate(source.url, set);
  const copy = async (from: string, to: string) => {
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--dest-creds', bob.join(':')];
    const images = [`docker://${source.host}/app:${from}`, `docker://${service.registry}/bob/${to}`];
    await execa('skopeo', ['copy', ...plain, ...images]);
  };
  for (const tag of ['old-1', 'old-2', '1.0']) await copy(tag, `app:${tag}`);
  await copy('old-1', 'other:old-1');
  await source.close();
});
afterAll(() => service.close());

describe('tags that no rule keeps', () => {
  const retain = { kind: 'retain', registry: 'local', retention: { deny: ['old-*'] } };

  it('are named first, and deleted by a job; a repository is never emptied unless that is said', async () => {
    const plan = (await post(retain, '?dryRun=true')).body;
    expect(plan).toMatchObject({ kind: 'retain', result: 'differs', registry: 'local' });
    expect(await said(plan.id)).toEqual([
      expect.stringMatching(/^bob\/app:old-1 would be deleted: /),
      expect.stringMatching(/^bob\/app:old-2 would be deleted: /),
      expect.stringMatching(/^bob\/other: skipped, for no tag would be left/),
      '2 tags would be deleted',
    ]);
    expect(await tags('bob/app')).toEqual(['1.0', 'old-1', 'old-2']);

    const done = (await post(retain)).body;
    expect([done.result, done.problem], JSON.stringify(await said(done.id))).toEqual(['changed', '']);
    await expect.poll(() => tags('bob/app')).toEqual(['1.0']);
    expect(await tags('bob/other')).toEqual(['old-1']);
    expect((await post(retain)).body).toMatchObject({ result: 'ok' });
  });

  it('are refused without a rule, a registry, or the right to them', async () => {
    expect((await post({ ...retain, retention: {} })).status).toBe(422);
    expect((await post({ ...retain, retention: { keep: ['/(/'] } })).status).toBe(422);
    expect((await post({ kind: 'retain', registry: 'local' })).body.errors).toEqual([
      { pointer: '/retention', detail: expect.stringMatching(/must be there/) },
    ]);
    expect((await post({ ...retain, registry: 'none' })).status).toBe(404);
    expect((await service.send('POST /api/v1/jobs', retain, bob)).status).toBe(403);
    // Nothing is asked for them first, and they learn nothing of which registries there are.
    for (const registry of ['local', 'none']) {
      const { status, body } = await service.send('POST /api/v1/jobs', { kind: 'gc', registry }, bob);
      expect([status, body.detail]).toEqual([403, 'this takes an administrator']);
    }
    expect((await post({ kind: 'sync' })).status).toBeGreaterThanOrEqual(400);
  });
});

describe('garbage of the registry beside the service', () => {
  it('is measured, and collected by a job', async () => {
    const gc = { kind: 'gc', registry: 'local', deleteUntagged: true };
    const plan = (await post(gc, '?dryRun=true')).body;
    expect(['ok', 'differs'], plan.problem).toContain(plan.result);
    const done = (await post(gc)).body;
    expect(['ok', 'changed'], done.problem).toContain(done.result);
    expect(await said(done.id)).toEqual([expect.stringMatching(/^collected \d+ blobs? \(/)]);
    const left = await execa('skopeo', [
      ...['inspect', '--tls-verify=false', '--creds', bob.join(':')],
      `docker://${service.registry}/bob/app:1.0`,
    ]);
    expect(left.exitCode).toBe(0);
  });
});
