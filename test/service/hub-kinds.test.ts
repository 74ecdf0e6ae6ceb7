import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/service/store/open-database.js';
import { fillIndex } from './search-kit.js';
import { admin, type Credentials, type TestService, testService } from './service-kit.js';

/*
 * A registry of each kind, each with the same repositories of bob: one that a rule makes public, one that no rule is about.
 */
const kinds = ['private', 'sponsor', 'mirror', 'vendor'] as const;
const bob = ['bob', 'hunter2 hunter2'] as const;
let service: TestService;
let [general, own]: string[] = [];

beforeAll(async () => {
  service = await testService({
    registry: false,
    registries: [
      ...kinds.map((kind, at) => ({ name: kind, host: `127.0.0.1:${at + 1}`, read_only: false, kind })),
      { name: 'none', host: '127.0.0.1:9', read_only: false },
    ],
  });
  await service.send('POST /api/v1/users', { name: 'bob', password: bob[1] });
  const database = await openDatabase(`${service.folder}/service.db`);
  for (const registry of [...kinds, 'none']) {
    const images = registry === 'private' ? [{ id: 'a' }] : [];
    const repositories = ['open', 'quiet'].map((name) => ({ name: `bob/${name}-${registry}`, tags: { '1': 'a' } }));
    await fillIndex(database, registry, repositories, images);
    await service.send('PUT /api/v1/visibilities', { registry, path: `bob/open-${registry}`, visibility: 'public' });
  }
  await database.close();
  const robots = ['bob+general', 'bob+own'];
  for (const name of robots) await service.send('POST /api/v1/robots', { name });
  const [first, second] = robots.map((name) => ({ kind: 'account', name }));
  await service.send('POST /api/v1/grants', { subject: first, path: 'bob/', role: 'maintainer' });
  for (const registry of kinds) {
    await service.send('POST /api/v1/grants', { subject: second, registry, path: 'bob/', role: 'maintainer' });
  }
  [general, own] = await Promise.all(
    robots.map(async (name) => {
      const made = await service.send(`POST /api/v1/robots/${encodeURIComponent(name)}/tokens`, {
        label: 'x',
        api: 'read',
      });
      return made.body.secret;
    }),
  );
});
afterAll(() => service.close());

/** Asks for everything, and gives what the token has. */
async function granted(registry: string, which: 'open' | 'quiet', as: Credentials): Promise<string> {
  const scope = `repository:bob/${which}-${registry}:pull,push,delete`;
  const { token } = (await service.token(`service=${registry}&scope=${scope}`, as)).body;
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).access[0].actions.join();
}

async function explained(registry: string, action: string, account: string): Promise<string> {
  const query = new URLSearchParams({ registry, action, account, repository: `bob/quiet-${registry}` });
  return (await service.send(`GET /api/v1/explain?${query.toString()}`)).body.reason;
}

it.each([
  // Without an account: the repository that a rule makes public, and the other.
  ['none', 'pull', ''],
  ['private', '', ''],
  ['sponsor', 'pull', 'pull'],
  ['mirror', '', ''],
  ['vendor', 'pull', ''],
])('without an account, a %s registry gives "%s" of what is public, and "%s" of all else', async (registry, open, quiet) => {
  expect([await granted(registry, 'open', null), await granted(registry, 'quiet', null)]).toEqual([open, quiet]);
  const names = (await service.send(`GET /api/v1/repositories?registry=${registry}`, undefined, null)).body.items;
  const found = (await service.send(`GET /api/v1/search?q=-${registry}`, undefined, null)).body.items;
  const seen = [open, quiet].filter((given) => given !== '').length;
  expect([names.length, found.length]).toEqual([seen, seen]);
});

it.each([
  ['none', 'pull,push,delete', 'pull,push,delete'],
  ['private', 'pull,push,delete', 'pull,push,delete'],
  ['sponsor', 'pull,push,delete', 'pull,push,delete'],
  ['mirror', 'pull', 'pull,push,delete'],
  ['vendor', 'pull,push', 'pull,push,delete'],
])('in a %s registry its owner gets "%s", an administrator "%s"', async (registry, owner, administrator) => {
  expect(await granted(registry, 'quiet', bob)).toBe(owner);
  expect(await granted(registry, 'quiet', admin)).toBe(administrator);
});

it('a mirror is changed by a robot with a role of that registry, and by no other', async () => {
  expect(await granted('mirror', 'quiet', ['bob+own', own ?? ''])).toBe('pull,push,delete');
  expect(await granted('mirror', 'quiet', ['bob+general', general ?? ''])).toBe('pull');
  const grant = { subject: { kind: 'account', name: 'bob' }, registry: 'mirror', path: 'bob/', role: 'owner' };
  await service.send('POST /api/v1/grants', grant);
  expect(await granted('mirror', 'quiet', bob)).toBe('pull');
});

it('what a vendor published is deleted by no maintainer, by whatever way', async () => {
  const tag = 'DELETE /api/v1/registries/vendor/repositories/bob%2Fquiet-vendor/tags/1';
  expect((await service.send(tag, undefined, bob)).status).toBe(403);
  // What is said of it is theirs all the same.
  const path = 'PUT /api/v1/registries/vendor/repositories/bob%2Fquiet-vendor/description';
  expect((await service.send(path, { description: 'ours' }, bob)).status).toBe(204);
});

it('a repository of a sponsor is as private as a rule says', async () => {
  const rule = { registry: 'sponsor', path: 'bob/quiet-sponsor', visibility: 'private' };
  await service.send('PUT /api/v1/visibilities', rule);
  expect(await granted('sponsor', 'quiet', null)).toBe('');
  await service.send('PUT /api/v1/visibilities', { ...rule, visibility: null });
  expect(await granted('sponsor', 'quiet', null)).toBe('pull');
});

it('an explanation names the kind', async () => {
  expect(await explained('private', 'pull', 'anonymous')).toMatchInlineSnapshot(
    `"anonymous may not pull bob/quiet-private: private is a private registry: nothing of it is for whoever has no account"`,
  );
  expect(await explained('sponsor', 'pull', 'anonymous')).toMatchInlineSnapshot(
    `"anonymous may pull bob/quiet-sponsor: sponsor is a sponsor registry: its repositories are public unless a rule says otherwise"`,
  );
  expect(await explained('mirror', 'push', 'bob')).toMatchInlineSnapshot(
    `"bob may not push bob/quiet-mirror: mirror is a mirror registry: it takes a login, and robots with a role of this registry alone change something there"`,
  );
  expect(await explained('vendor', 'delete', 'bob')).toMatchInlineSnapshot(
    `"bob may not delete bob/quiet-vendor: vendor is a vendor registry: what was published there stays"`,
  );
  expect(await explained('vendor', 'delete', 'anna')).toMatchInlineSnapshot(
    `"anna may delete bob/quiet-vendor: an administrator may do everything"`,
  );
});

it('registries are listed with their kinds', async () => {
  const { items } = (await service.send('GET /api/v1/registries')).body;
  expect(items.map(({ name, kind }: { name: string; kind: string | null }) => [name, kind])).toEqual([
    ['mirror', 'mirror'],
    ['none', null],
    ['private', 'private'],
    ['sponsor', 'sponsor'],
    ['vendor', 'vendor'],
  ]);
});
