import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { provision } from '../kit/provision.js';
import { layoutFiles, makeImage, makeIndex, refName } from '../registry/archives/make-image.js';
import { entriesOf } from '../registry/archives/make-tar.js';
import { admin, type Credentials, type TestService, testService } from '../service/service-kit.js';
import { gateway, gatewayEnvironment } from './bucket-kit.js';
import { writeTar } from './published-kit.js';

const bob = ['bob', 'hunter2 hunter2'] as const;
const bucket = `acme-${randomBytes(6).toString('hex')}`;
const amd64 = makeImage({ layers: ['base', 'amd64'] });
const arm64 = makeImage({ layers: ['base', 'arm64'], architecture: 'arm64' });
const both = makeIndex({ amd64, arm64 });

let folder: string;
let service: TestService;
const at = (name: string) => join(folder, name);
const web = { vendor: 'acme', app: 'team/web' };
const webPath = '/api/v1/publications/acme/team%2Fweb';
const post = async (body: object, query = '', as: Credentials = admin) =>
  await service.send(`POST /api/v1/jobs${query}`, body, as, { Prefer: 'wait=60' });
const said = async (id: string): Promise<string[]> =>
  (await service.send(`GET /api/v1/jobs/${id}/events`)).body.items.map(
    ({ event }: { event: { text: string } }) => event.text,
  );
const comparison = async () => (await service.send(`GET ${webPath}/comparison`)).body;

/** Writes the file of vendors. @param more keys of the vendor */
function writeVendors(more: object = {}): void {
  const acme = {
    to: `s3://${bucket}/images`,
    endpoint: gateway().endpoint,
    access: 'public-read',
    apps: { 'team/web': { source: './web.tar', tags: ['1.*', 'one'] }, bare: {}, lost: { source: './none.tar' } },
  };
  const apps = { other: { source: './web.tar', layout: 'static' } };
  const zeta = { to: './published', url: 'http://127.0.0.1:1', apps };
  writeFileSync(at('vendors.yaml'), JSON.stringify({ vendors: { acme: { ...acme, ...more }, zeta } }, null, 1));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publications-'));
  // As the unit of the service would have them: jobs' processes read them, and the service's answers don't.
  for (const [name, value] of Object.entries(gatewayEnvironment())) vi.stubEnv(name, value);
  const files = layoutFiles([
    { image: both, annotations: refName('web:1.0') },
    { image: amd64, annotations: refName('web:one') },
    { image: arm64, annotations: refName('web:unchosen') },
  ]);
  writeTar(at('web.tar'), entriesOf(files));
  writeVendors();
  const made = await provision(['publish', 'setup', 'acme'], { cwd: folder, env: gatewayEnvironment() });
  expect([made.status, made.stderr]).toEqual([0, '']);
  service = await testService({ registry: false, vendors: at('vendors.yaml') });
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
});
afterAll(async () => {
  await service?.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('what a vendor publishes', () => {
  it('is listed with what the file of vendors and the redirect files say', async () => {
    const { body } = await service.send('GET /api/v1/publications');
    expect(body.items.map(({ vendor, app, state }: Record<string, string>) => [vendor, app, state])).toEqual([
      ['acme', 'team/web', 'unpublished'],
      ['acme', 'bare', 'unpublished'],
      ['acme', 'lost', 'unpublished'],
      ['zeta', 'other', 'unknown'],
    ]);
    expect((await service.send(`GET ${webPath}`)).body).toMatchObject({
      ...web,
      name: 'team/web',
      layout: 'pulp',
      source: at('web.tar'),
      tags: [],
      job: null,
    });
    expect((await comparison()).state).toBe('unpublished');
  });

  it('is tried first, then published by a job, and there is nothing to do the second time', async () => {
    const tried = (await post({ kind: 'publish', publication: web }, '?dryRun=true')).body;
    expect(tried, JSON.stringify(await said(tried.id))).toMatchObject({
      kind: 'publish',
      result: 'differs',
      registry: null,
      publication: web,
      options: { dryRun: true },
    });
    expect(existsSync(at('redirects'))).toBe(false);
    const done = (await post({ kind: 'publish', publication: web })).body;
    const lines = await said(done.id);
    expect([done.result, done.problem], lines.join('\n')).toEqual(['changed', '']);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\d+ objects to store, .*; 0 there already$/),
        expect.stringMatching(/^stored team-web\/manifests\/list\/1\.0, /),
        'wrote the redirect file',
        '2 tags pulled without an account',
      ]),
    );
    expect((await service.send(`GET ${webPath}`)).body).toMatchObject({
      state: 'published',
      tags: ['1.0', 'one'],
      job: done.id,
      result: 'changed',
    });
    expect(await comparison()).toMatchObject({ state: 'published', missing: { objects: 0 }, front: null });
    const again = (await post({ kind: 'publish', publication: web })).body;
    expect([again.result, await said(again.id)]).toEqual([
      'ok',
      expect.not.arrayContaining(['wrote the redirect file']),
    ]);
  });

  it('is named where it is not as it should be', async () => {
    const file = at('redirects/acme/acme-team-web.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"1.0"', '"9.9"'));
    expect(await comparison()).toMatchObject({
      state: 'differs',
      dangling: ['team-web/manifests/list/9.9'],
      unnamed: { objects: 1 },
    });
    writeFileSync(file, '{');
    const { state, problem } = (await service.send(`GET ${webPath}`)).body;
    expect([state, problem]).toEqual(['unknown', expect.stringMatching(/acme-team-web\.json/)]);
    const list = await service.send('GET /api/v1/publications');
    expect([list.status, list.body.items.length]).toEqual([200, 4]);
    writeFileSync(file, text);
  });

  it('is withdrawn by a job, tag by tag, and no more than was named', async () => {
    const one = { ...web, tags: ['one'], wait: 1 };
    expect((await post({ kind: 'withdraw', publication: one }, '?dryRun=true')).body.result).toBe('differs');
    expect((await service.send(`GET ${webPath}`)).body.tags).toEqual(['1.0', 'one']);
    const done = (await post({ kind: 'withdraw', publication: one })).body;
    const lines = await said(done.id);
    expect([done.result, done.options], lines.join('\n')).toEqual([
      'changed',
      { dryRun: false, wait: 1, tags: ['one'] },
    ]);
    expect(lines[0]).toMatch(/^waiting 1 s: /);
    expect((await service.send(`GET ${webPath}`)).body.tags).toEqual(['1.0']);
    const none = (await post({ kind: 'withdraw', publication: { ...web, tags: ['gone'], wait: 0 } })).body;
    expect([none.result, none.problem]).toEqual(['failed', expect.stringMatching(/gone/)]);
  });

  it('that cannot be published fails with the reason', async () => {
    const lost = { vendor: 'acme', app: 'lost' };
    const { result, problem } = (await post({ kind: 'publish', publication: lost })).body;
    expect([result, problem]).toEqual(['failed', expect.stringMatching(/none\.tar/)]);
    const compared = await service.send('GET /api/v1/publications/acme/lost/comparison');
    expect(compared.body).toMatchObject({ state: 'unpublished', sourceProblem: expect.stringMatching(/none\.tar/) });
  });
});

describe('a request for a publication', () => {
  it.each([
    ['no vendor', { kind: 'publish' }, 422, '/publication'],
    ['an unknown vendor', { kind: 'publish', publication: { vendor: 'nobody', app: 'x' } }, 404, undefined],
    ['an unknown application', { kind: 'publish', publication: { vendor: 'acme', app: 'x' } }, 404, undefined],
    ['no source', { kind: 'publish', publication: { vendor: 'acme', app: 'bare' } }, 422, undefined],
    ['tags to publish', { kind: 'publish', publication: { ...web, tags: ['x'] } }, 422, '/publication/tags'],
    ['no tags to withdraw', { kind: 'withdraw', publication: web }, 422, '/publication/tags'],
    [
      'tags beside all',
      { kind: 'withdraw', publication: { ...web, tags: ['x'], all: true } },
      422,
      '/publication/tags',
    ],
    [
      'a wait below nothing',
      { kind: 'withdraw', publication: { ...web, all: true, wait: -1 } },
      422,
      '/publication/wait',
    ],
  ])('with %s is refused, and no job is there', async (_what, body, status, pointer) => {
    const before = (await service.send('GET /api/v1/jobs')).body.items.length;
    const answer = await post(body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([status, pointer]);
    expect((await service.send('GET /api/v1/jobs')).body.items.length).toBe(before);
  });

  it('takes a right to the vendor: to view, to publish, to withdraw', async () => {
    const seen = async () => (await service.send('GET /api/v1/publications', undefined, bob)).body.items.length;
    expect([await seen(), (await service.send(`GET ${webPath}`, undefined, bob)).status]).toEqual([0, 404]);
    expect((await post({ kind: 'publish', publication: web }, '', bob)).status).toBe(404);
    const grant = { account: 'bob', hosts: ['vendor:acme'], verbs: ['view', 'run'] };
    expect((await service.send('POST /api/v1/job-grants', grant)).status).toBe(201);
    expect(await seen()).toBe(3);
    const done = (await post({ kind: 'upload', publication: web }, '', bob)).body;
    expect([done.kind, done.result]).toEqual(['upload', 'changed']);
    expect((await post({ kind: 'withdraw', publication: { ...web, all: true } }, '', bob)).status).toBe(403);
    expect((await post({ kind: 'publish', publication: { vendor: 'zeta', app: 'other' } }, '', bob)).status).toBe(404);
    const { body } = await service.send('GET /api/v1/jobs?publication=acme%2Fteam%2Fweb', undefined, bob);
    expect(body.items[0]).toMatchObject({ kind: 'upload', createdBy: 'bob' });
  });

  it('is answered with the place of an error in the file of vendors', async () => {
    writeVendors({ acces: 'private' });
    const { status, body } = await service.send('GET /api/v1/publications');
    expect([status, body.errors[0].pointer]).toEqual([422, expect.stringMatching(/^vendors\.yaml:\d+:\d+$/)]);
    expect((await service.send('GET /api/v1/jobs')).status).toBe(200);
    writeVendors();
  });
});

it('a service without a file of vendors publishes nothing, and says what to do', async () => {
  const other = await testService({ registry: false });
  expect((await other.send('GET /api/v1/publications')).body).toEqual({ items: [] });
  const { status, body } = await other.send('POST /api/v1/jobs', { kind: 'publish', publication: web });
  expect([status, body.detail]).toEqual([409, expect.stringMatching(/--vendors FILE/)]);
  await other.close();
});
