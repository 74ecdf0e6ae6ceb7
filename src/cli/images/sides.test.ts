import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scriptedRegistry } from '../../../test/kit/scripted-registry.js';
import { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { ImageList } from '../../registry/lists/image-list.js';
import { parseImageList } from '../../registry/lists/read.js';
import { openSources } from './sides.js';

const request = { ca: [], connections: [], rate: [], bandwidth: [], reserve: [], from: undefined };
const stop = new AbortController().signal;
const listsAccount = { username: 'list', password: 'of-the-list' };

/**
 * Returns the accounts that a registry is shown which a list reaches by plain http. Its name is none that means
 * loopback to docker.
 */
async function shown(change: Partial<ImageList> = {}, insecure = false) {
  const server = await scriptedRegistry(({ headers }) =>
    headers.authorization === undefined
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      : { body: { tags: [] } },
  );
  onTestFinished(() => server.close());
  const host = server.host.replace('127.0.0.1', '0x7f000001');
  const home = mkdtempSync(join(tmpdir(), 'provision-sides-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const authfile = join(home, 'auth.json');
  const own = Buffer.from('own:of-the-user').toString('base64');
  writeFileSync(authfile, JSON.stringify({ auths: { [host]: { auth: own } } }), { mode: 0o600 });
  const list: ImageList = {
    wanted: [],
    trust: new Map([[host, { scheme: 'http' }]]),
    credentials: new Map(
      [...(change.credentials ?? [])].map(([namespace, account]) => [
        `${host}${namespace && `/${namespace}`}`,
        account,
      ]),
    ),
    notices: [],
  };
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  const sources = await openSources({ ...request, authfile, insecure }, list, new AbortController().signal);
  await sources
    .sourceOf(host)
    .tags('team/web')
    .catch(() => undefined); // Refused for want of an account: what it was shown is what counts.
  await sources.close();
  const accounts = server.seen.flatMap(({ headers }) => headers.authorization ?? []);
  return {
    accounts: accounts.map((each) => Buffer.from(each.slice('Basic '.length), 'base64').toString()),
    said: written.mock.calls.map(([text]) => String(text).replaceAll(host, 'HOST')).join(''),
  };
}

test('a list that turns TLS off had the account of its reader sent in the clear', async () => {
  const { accounts, said } = await shown();
  expect(accounts).toEqual([]);
  expect(said).toMatchInlineSnapshot(`
    "note: HOST is reached by plain http, as the list says: your account for it is not sent. Give --insecure or http://HOST, or write the account in the list
    "
  `);
});

test('an account that the list itself brings is sent as the list says', async () => {
  const { accounts } = await shown({ credentials: new Map([['', listsAccount]]) });
  expect(accounts).toEqual(['list:of-the-list']);
});

test("an account that the list has for a namespace alone is sent there, and the user's nowhere", async () => {
  const of = (namespace: string) => new Map([[namespace, listsAccount]]);
  expect((await shown({ credentials: of('team') })).accounts).toEqual(['list:of-the-list']);
  expect((await shown({ credentials: of('other') })).accounts).toEqual([]);
});

test('so is one of the user, who says so on the command line', async () => {
  expect((await shown({}, true)).accounts).toEqual(['own:of-the-user']);
});

const hub = ['docker.io', 'https://index.docker.io', 'https://index.docker.io/v1/', 'registry-1.docker.io'];

test.each(hub)('an image of --from %s was looked for without library/', async (from) => {
  const text = 'nginx:1\ntools/x:1\n';
  const diagnostics = new Diagnostics();
  const list = parseImageList('list.txt', text, {}, diagnostics);
  const explicit = parseImageList('list.yaml', '- {name: nginx, tag: "1", target: nginx}', {}, diagnostics);
  if (list === undefined || explicit === undefined) throw new Error('the lists are right');
  const all = { ...list, wanted: [...list.wanted, ...explicit.wanted] };
  const sources = await openSources({ ...request, authfile: undefined, insecure: false, from }, all, stop);
  await sources.close();
  expect(sources.sourceOf(undefined).name).toBe('docker.io');
  expect(sources.wanted.map(({ repository, target }) => `${repository} -> ${target}`)).toEqual([
    'library/nginx -> library/nginx',
    'tools/x -> tools/x',
    'library/nginx -> nginx',
  ]);
});
