import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Rights } from '../../../src/registry/server/access/rights.js';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';
import { codeOf, location } from '../conformance/repository.js';
import { AccountRepository } from './account-repository.js';

let home: string;
let server: RegistryServer;
const log = new PassThrough();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-access-'));
  const hashed = await hash('s3cret', 4);
  await writeFile(
    join(home, 'htpasswd'),
    ['ci', 'reader', 'boss', 'nobody'].map((name) => `${name}:${hashed}\n`).join(''),
  );
});
afterEach(async () => {
  await server.close(0);
  await rm(home, { recursive: true });
});

async function serve(rules: string | undefined, options: Partial<RegistryServerOptions> = {}): Promise<void> {
  const access = join(home, 'access.yml');
  if (rules !== undefined) await writeFile(access, rules);
  const files = { dir: join(home, 'storage'), htpasswd: join(home, 'htpasswd') };
  server = await serveRegistry({ ...files, ...(rules === undefined ? {} : { access }), log, delete: true, ...options });
}

const as = (name: string, account?: string, password?: string) =>
  new AccountRepository(server.url, name, account, password);

const rules = `
- {accounts: ci, repositories: [team/, shared], rights: [pull, push]}
- {accounts: reader, repositories: team/, rights: [pull]}
- {accounts: boss, repositories: '**', rights: [pull, push, delete, admin]}
- {accounts: anonymous, repositories: public/, rights: [pull]}
`;

test('an account may do what rules give it, and nothing else', async () => {
  await serve(rules);
  const pushed = await as('team/app', 'ci').pushImage('1');
  for (const [account, method, path, status] of [
    ['reader', 'GET', 'manifests/1', 200],
    ['reader', 'GET', 'tags/list', 200],
    ['reader', 'GET', `referrers/${pushed}`, 200],
    ['reader', 'POST', 'blobs/uploads/', 403],
    ['reader', 'PUT', 'manifests/1', 403],
    ['reader', 'DELETE', 'manifests/1', 403],
    ['ci', 'DELETE', 'manifests/1', 403],
    ['ci', 'DELETE', `blobs/${pushed}`, 403],
    ['nobody', 'GET', 'manifests/1', 403],
    ['nobody', 'GET', 'tags/list', 403],
    ['nobody', 'GET', `referrers/${pushed}`, 403],
    ['nobody', 'HEAD', `blobs/${pushed}`, 403],
    ['nobody', 'GET', '/v2/', 200],
    [undefined, 'GET', 'manifests/1', 401],
    [undefined, 'GET', '/v2/', 401],
    [undefined, 'GET', '/metrics', 401],
    ['boss', 'DELETE', 'manifests/1', 202],
  ] as const) {
    const reply = await as('team/app', account).ask(method, path);
    expect([account, method, path, reply.status]).toEqual([account, method, path, status]);
    if (method === 'GET' && status === 403) expect(codeOf(reply)).toBe('DENIED');
    if (status === 401) expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="http:\/\/127/);
  }
  expect((await as('teams', 'ci').ask('POST', 'blobs/uploads/')).status).toBe(403);
  expect((await as('shared', 'ci').ask('POST', 'blobs/uploads/')).status).toBe(202);
  expect((await as('shared/below', 'ci').ask('POST', 'blobs/uploads/')).status).toBe(403);
});

test('a right on the server is for accounts that a rule gives it', () => {
  const rule = { accounts: ['*'], repositories: ['**'], rights: ['pull', 'admin'] } as const;
  const may = (rights: Rights) => [undefined, 'ci'].map((account) => rights.mayAdminister(account));
  expect(may(new Rights([rule], true))).toEqual([false, true]);
  expect(may(new Rights([{ ...rule, rights: ['pull', 'push', 'delete'] }], true))).toEqual([false, false]);
  expect(may(new Rights(undefined, false))).toEqual([false, true]);
});

test('the catalogue has what its reader may pull, in whole pages', async () => {
  await serve(rules);
  for (const name of ['public/a', 'team/a', 'other/a', 'team/b', 'other/b', 'team/c'])
    await as(name, 'boss').pushImage('1');
  const names = async (account: string | undefined, query: string) => {
    const { status, headers, body } = await as('any', account).ask('GET', `/v2/_catalog${query}`);
    return [status, (JSON.parse(body.toString()) as { repositories: string[] }).repositories, headers.link];
  };
  expect(await names('boss', '')).toEqual([
    200,
    ['other/a', 'other/b', 'public/a', 'team/a', 'team/b', 'team/c'],
    undefined,
  ]);
  expect(await names('reader', '?n=2')).toEqual([
    200,
    ['public/a', 'team/a'],
    '</v2/_catalog?n=2&last=team%2Fa>; rel="next"',
  ]);
  expect(await names('reader', '?n=2&last=team/a')).toEqual([200, ['team/b', 'team/c'], undefined]);
  const asked = await as('any').ask('GET', '/v2/_catalog');
  expect([asked.status, asked.headers['www-authenticate']]).toEqual([
    401,
    expect.stringContaining('scope="registry:catalog:*"'),
  ]);
  const { token } = JSON.parse((await as('any').ask('GET', '/v2/token')).body.toString()) as { token: string };
  const { body } = await as('any').ask('GET', '/v2/_catalog', { headers: { Authorization: `Bearer ${token}` } });
  expect(JSON.parse(body.toString())).toEqual({ repositories: ['public/a'] });
  expect(await names('nobody', '')).toEqual([200, ['public/a'], undefined]);
});

test('a mount never hands out what its caller may not pull', async () => {
  await serve(rules);
  const hidden = await as('other/a', 'boss').pushBlob('hidden');
  const shown = await as('shared', 'ci').pushBlob('shown');
  const mount = async (digest: string, from: string) =>
    (await as('team/app', 'ci').ask('POST', `blobs/uploads/?mount=${digest}${from}`, { body: '' })).status;
  expect([await mount(hidden, '&from=other/a'), await mount(hidden, ''), await mount(hidden, '&from=none')]).toEqual([
    202, 202, 202,
  ]);
  expect(await mount(shown, '&from=shared')).toBe(201);
  expect((await as('team/app', 'ci').ask('HEAD', `blobs/${hidden}`)).status).toBe(404);
  expect((await as('mine', 'boss').ask('POST', `blobs/uploads/?mount=${hidden}`, { body: '' })).status).toBe(201);
});

test('everybody pulls and accounts push, by one option; a token stands for whoever asked for it', async () => {
  await serve(undefined, { anonymousPull: true });
  await as('any/app', 'ci').pushImage('1');
  expect((await as('any/app').ask('GET', 'manifests/1')).status).toBe(200);
  expect((await as('any/app').ask('POST', 'blobs/uploads/')).status).toBe(401);
  expect((await as('any/app').ask('DELETE', 'manifests/1')).status).toBe(401);
  expect((await as('any/app', 'ci', 'wrong').ask('GET', 'manifests/1')).status).toBe(401);
  const empty = { headers: { Authorization: 'Basic Og==' } }; // As containers/image sends none.
  expect((await as('any/app').ask('GET', 'manifests/1', empty)).status).toBe(200);
  const token = async (account?: string, password?: string) => {
    const reply = await as('any/app', account, password).ask(
      'GET',
      '/v2/token?service=x&scope=repository:any/app:push',
    );
    return reply.status === 200 ? (JSON.parse(reply.body.toString()) as { token: string }).token : reply.status;
  };
  const by = async (token: string | number, method: string, path: string) =>
    (await as('any/app').ask(method, path, { headers: { Authorization: `Bearer ${token}` } })).status;
  const [none, ci] = [await token(), await token('ci')];
  expect([await by(none, 'GET', '/v2/'), await by(none, 'GET', 'manifests/1')]).toEqual([200, 200]);
  expect([await by(none, 'POST', 'blobs/uploads/'), await by(none, 'GET', '/metrics')]).toEqual([401, 401]);
  expect([await by(ci, 'POST', 'blobs/uploads/'), await by(ci, 'GET', '/metrics')]).toEqual([202, 200]);
  expect(await token('ci', 'wrong')).toBe(401);
  expect([
    await by(`${ci}x`, 'GET', '/v2/'),
    await by('a.b', 'GET', '/v2/'),
    await by(`x${ci}`, 'GET', '/v2/'),
  ]).toEqual([401, 401, 401]);
  expect(String(log.read())).toMatch(/POST \/v2\/any\/app\/blobs\/uploads\/ 202 .* "ci"\n/);
  await writeFile(join(home, 'htpasswd'), `reader:${await hash('s3cret', 4)}\n`);
  await pause(1100);
  expect(await by(ci, 'GET', '/v2/')).toBe(401);
});

test('changed rules count, broken ones are told once and change nothing', async () => {
  await serve(rules);
  const file = join(home, 'access.yml');
  await as('team/app', 'ci').pushImage('1');
  await writeFile(file, '- {accounts: nobody, repositories: "**", rights: [pull]}\n');
  await pause(1100);
  const status = async (account: string) => (await as('team/app', account).ask('GET', 'manifests/1')).status;
  expect([await status('nobody'), await status('ci')]).toEqual([200, 403]);
  await writeFile(file, '- {accounts: nobody, repositories: "team*", rights: [pul]}\n');
  for (let times = 0; times < 2; times += 1) {
    await pause(1100);
    expect([await status('nobody'), await status('ci')]).toEqual([200, 403]);
  }
  const told = String(log.read())
    .split('\n')
    .filter((line) => line.includes('the rights stay as they were'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`${file}:1:`);
  expect(told[0]).toContain('did you mean "pull"?');
  expect(told[0]).toContain('must be a repository, a prefix that ends with "/", or "**"');
});

test('a file of rights that is broken is told of before it listens', async () => {
  await serve(undefined);
  const file = join(home, 'broken.yml');
  await writeFile(file, '- {accounts: anonymous, repositories: team/, rights: [admin]}\n');
  const dir = join(home, 'never');
  await expect(serveRegistry({ dir, htpasswd: join(home, 'htpasswd'), access: file })).rejects.toThrow(
    /where rights has admin/,
  );
  await expect(stat(dir)).rejects.toThrow('ENOENT');
});

test('an upload of a repository is of use to those who may push there only', async () => {
  await serve(rules);
  const upload = location(await as('team/app', 'ci').ask('POST', 'blobs/uploads/', { body: '' }));
  for (const [account, method] of [
    ['reader', 'GET'],
    ['reader', 'PATCH'],
    ['reader', 'PUT'],
    ['reader', 'DELETE'],
  ] as const) {
    expect((await as('team/app', account).ask(method, upload)).status).toBe(403);
  }
  expect((await as('team/app', 'ci').ask('GET', upload)).status).toBe(204);
});
