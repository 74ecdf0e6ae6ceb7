import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RegistryError } from '../registry-error.js';
import { credentialsFrom, findCredentials } from './credentials.js';
import { eraseCredentials, storeCredentials } from './credentials-store.js';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-auth-'));
  env = { HOME: home, PATH: `${home}/bin:${process.env.PATH}` };
});
afterEach(() => rmSync(home, { recursive: true }));

function write(path: string, content: unknown, mode = 0o600): string {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  chmodSync(file, mode);
  return file;
}
const auth = (user: string, password: string) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') });
const errorOf = (promise: Promise<unknown>): Promise<RegistryError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as RegistryError,
  );

/** Writes a helper as docker's are, which keeps accounts in files and logs each call. */
function helper(name: string): void {
  write(
    `bin/docker-credential-${name}`,
    `#!/bin/sh
read -r url
echo "$1 $url" >> ${home}/calls
case $1 in
get)
  if [ -f "${home}/kept" ]; then cat "${home}/kept"; else echo "credentials not found in native keychain"; exit 1; fi;;
store) printf '%s' "$url" | sed 's/"ServerURL":"[^"]*",//' > ${home}/kept;;
erase) rm "${home}/kept";;
esac
`,
    0o755,
  );
}

describe('one bad entry of a file failed every registry', () => {
  test.each<[string, unknown, string]>([
    ['no user', { auth: 'Og==' }, 'auths.bad.example.auth is not base64 of user:password'],
    ['no colon', { auth: 'Zm9v' }, 'auths.bad.example.auth is not base64 of user:password'],
    ['a number', { auth: 5 }, 'auths.bad.example.auth: '],
    ['a text', 'Zm9v', 'auths.bad.example: '],
  ])('%s', async (_, entry, words) => {
    const name = write('.docker/config.json', {
      auths: { 'bad.example': entry, 'r.example': { ...auth('ada', 'pw'), identitytoken: null, username: null } },
      credHelpers: { 'other.example': 7, 'none.example': null },
    });
    const credentials = credentialsFrom({ env });
    expect(await credentials('r.example', 'a')).toEqual({ username: 'ada', password: 'pw' });
    expect(await credentials('anonymous.example', 'a')).toBeUndefined();
    expect((await errorOf(credentials('bad.example', 'a'))).message).toContain(`${name}: ${words}`);
    expect((await errorOf(credentials('other.example', 'a'))).message).toBe(
      `${name}: credHelpers.other.example: not the name of a program`,
    );
  });

  test('null is no entry', async () => {
    write('.docker/config.json', { auths: { 'r.example': null, 'b.example': { auth: null } }, credHelpers: null });
    expect(await credentialsFrom({ env })('b.example', 'a')).toBeUndefined();
  });
});

describe('which account', () => {
  test('longest namespace first, then the host, and none for others', async () => {
    write('.docker/config.json', {
      auths: {
        'r.example:5000/team/web': auth('web', '1'),
        'r.example:5000/team': auth('team', '2'),
        'https://r.example:5000/v2/': auth('host', 'with:colon'),
      },
    });
    const credentials = credentialsFrom({ env });
    expect(await credentials('r.example:5000', 'team/web')).toEqual({ username: 'web', password: '1' });
    expect(await credentials('r.example:5000', 'team/web/sub')).toEqual({ username: 'web', password: '1' });
    expect(await credentials('r.example:5000', 'team/website')).toEqual({ username: 'team', password: '2' });
    expect(await credentials('r.example:5000', undefined)).toEqual({ username: 'host', password: 'with:colon' });
    expect(await credentials('r.example', 'team/web')).toBeUndefined();
  });

  test('Docker Hub goes by several names', async () => {
    write('.docker/config.json', { auths: { 'https://index.docker.io/v1/': auth('hub', 'x') } });
    expect(await credentialsFrom({ env })('docker.io', 'library/busybox')).toEqual({ username: 'hub', password: 'x' });
  });

  test('given accounts, a variable, podman, docker, .dockercfg: in this order', async () => {
    const order: unknown[] = [];
    const ask = async (explicit = new Map()) => {
      const found = await findCredentials({ env, explicit })('r.example', 'a');
      order.push(found?.credentials);
    };
    write('.dockercfg', { 'r.example': auth('dockercfg', '') });
    await ask();
    write('.docker/config.json', { auths: { 'r.example': auth('docker', '') } });
    await ask();
    write('.config/containers/auth.json', { auths: { 'r.example': auth('podman', '') } });
    await ask();
    env.XDG_RUNTIME_DIR = join(home, 'run');
    write('run/containers/auth.json', { auths: { 'r.example': auth('podman of the session', '') } });
    await ask();
    env.REGISTRY_AUTH_FILE = write('said.json', { auths: { 'r.example': auth('said', '') } });
    await ask();
    env.DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'r.example': auth('variable', '') } });
    await ask();
    await ask(new Map([['r.example', { username: 'given', password: '' }]]));
    expect(order.map((each) => (each as { username: string }).username)).toEqual([
      'dockercfg',
      'docker',
      'podman',
      'podman of the session',
      'said',
      'variable',
      'given',
    ]);
  });

  test('tokens: identity, registry, and as the password of <token>', async () => {
    write('.docker/config.json', {
      auths: {
        'a.example': { identitytoken: 'id', ...auth('u', '') },
        'b.example': { registrytoken: 'reg' },
        'c.example': auth('<token>', 'refresh'),
        'd.example': {},
      },
    });
    const credentials = credentialsFrom({ env });
    expect(await credentials('a.example', undefined)).toEqual({ identityToken: 'id' });
    expect(await credentials('b.example', undefined)).toEqual({ registryToken: 'reg' });
    expect(await credentials('c.example', undefined)).toEqual({ identityToken: 'refresh' });
    expect(await credentials('d.example', undefined)).toBeUndefined();
  });

  test('a file that others can read is told of, once', async () => {
    const file = write('.docker/config.json', { auths: { 'r.example': auth('u', 'p') } }, 0o644);
    const notices: string[] = [];
    const credentials = credentialsFrom({ env, notice: (line) => notices.push(line) });
    await credentials('r.example', 'a');
    await credentials('r.example', 'b');
    expect(notices).toEqual([`${file} holds passwords and can be read by others: chmod 600 ${file}`]);
  });
});

describe('helper programs', () => {
  test('one is asked once for a registry, whatever the repository', async () => {
    helper('keys');
    write('kept', { Username: 'u', Secret: 's' });
    write('.docker/config.json', { credHelpers: { 'r.example': 'keys' } });
    const credentials = credentialsFrom({ env });
    const asked = ['a', 'b', undefined].map((repository) => credentials('r.example', repository));
    expect(await Promise.all(asked)).toEqual(Array(3).fill({ username: 'u', password: 's' }));
    expect(await credentials('other.example', 'a')).toBeUndefined();
    expect(readFileSync(join(home, 'calls'), 'utf8')).toBe('get r.example\n');
  });

  test('credsStore is for all; "not found" is none, and what the file has then counts', async () => {
    helper('store');
    write('.docker/config.json', { credsStore: 'store', auths: { 'r.example': auth('file', 'p') } });
    const credentials = credentialsFrom({ env });
    expect(await credentials('docker.io', 'library/a')).toBeUndefined();
    expect(await credentials('r.example', 'a')).toEqual({ username: 'file', password: 'p' });
    expect(readFileSync(join(home, 'calls'), 'utf8')).toBe('get https://index.docker.io/v1/\nget r.example\n');
  });

  test('one that is not installed is named', async () => {
    const file = write('.docker/config.json', { credsStore: 'nowhere', auths: { 'r.example': {} } });
    const { message, kind } = await errorOf(credentialsFrom({ env })('r.example', 'a'));
    expect(kind).toBe('input');
    expect(message.replace(file, 'FILE')).toMatchInlineSnapshot(
      `"cannot run docker-credential-nowhere, which FILE names: it is not installed (not in PATH)"`,
    );
  });
});

describe('a store that fails stopped work with registries that it has no account of', () => {
  test.each([
    ['its program is not installed', 'nowhere', 'it is not installed (not in PATH)'],
    [
      'its program fails',
      'locked',
      'docker-credential-locked get failed for anonymous.example: the keychain is locked',
    ],
  ])('%s', async (_, credsStore, why) => {
    write('bin/docker-credential-locked', '#!/bin/sh\necho the keychain is locked >&2\nexit 1\n', 0o755);
    write('.docker/config.json', { credsStore, auths: { 'own.example': auth('own', 'p'), 'stored.example': {} } });
    const notices: string[] = [];
    const credentials = credentialsFrom({ env, notice: (line) => void notices.push(line) });
    expect(await credentials('anonymous.example', 'a')).toBeUndefined();
    expect(await credentials('127.0.0.1:5000', 'a')).toBeUndefined();
    expect(await credentials('own.example', 'a')).toEqual({ username: 'own', password: 'p' });
    expect(notices).toEqual([expect.stringContaining(why)]);
    expect(notices[0]).toContain('registries are asked without an account from it');
    expect((await errorOf(credentials('stored.example', 'a'))).message).toContain(`docker-credential-${credsStore}`);
  });

  test('one that is named for a registry is needed for that alone', async () => {
    write('.docker/config.json', { credHelpers: { 'r.example': 'nowhere' } });
    const credentials = credentialsFrom({ env });
    expect(await credentials('other.example', 'a')).toBeUndefined();
    expect((await errorOf(credentials('r.example', 'a'))).message).toContain('docker-credential-nowhere');
  });
});

test('an empty helper, which docker has for what stands in the file, was no name of a program', async () => {
  write('.docker/config.json', {
    auths: { 'r.example': auth('u', 'p') },
    credsStore: 'nowhere',
    credHelpers: { 'r.example': '' },
  });
  expect(await credentialsFrom({ env })('r.example', 'a')).toEqual({ username: 'u', password: 'p' });
});

test('a file that begins with a byte order mark was no JSON', async () => {
  write('.docker/config.json', `\ufeff${JSON.stringify({ auths: { 'r.example': auth('u', 'p') } })}`);
  expect(await credentialsFrom({ env })('r.example', 'a')).toEqual({ username: 'u', password: 'p' });
});

describe('errors', () => {
  test.each([
    ['{\n  "auths": {\n    "r.example": {"auth": "c2VjcmV0OnNlY3JldA==",}\n}}'],
    ['{"auths": {"r.example": {"auth": c2VjcmV0OnNlY3JldA==}}}'],
    ['{"auths": {"r.example": {"auth": ["c2VjcmV0OnNlY3JldA=="]}}}'],
    ['{"auths": {"r.example": {"auth": "c2VjcmV0"}}}'],
  ])('a malformed file is named, and nothing of what it holds: %s', async (text) => {
    const file = write('.docker/config.json', text);
    const { message, kind } = await errorOf(credentialsFrom({ env })('r.example', 'a'));
    expect(kind).toBe('input');
    expect(message).toContain(file);
    expect(message).not.toMatch(/c2Vj|secret/);
  });

  test('with the line where it is known', async () => {
    const file = write('.docker/config.json', '{\n  "auths": {\n    "r.example": {},\n  }\n}');
    const { message } = await errorOf(credentialsFrom({ env })('r.example', 'a'));
    expect(message).toBe(`${file}:4: not JSON`);
  });

  test('a file that was asked for has to be there', async () => {
    // Before anything is requested.
    expect(() => credentialsFrom({ env, authFiles: ['/nowhere/auth.json'] })).toThrow(
      'cannot read the accounts in /nowhere/auth.json: no such file or directory',
    );
  });
});

describe('login and logout', () => {
  const account = { username: 'u', password: 'p:ü' };

  test('what else the file says is kept, a link stays one, nobody else can read it', async () => {
    const real = write('real.json', { auths: { 'https://r.example/v1/': auth('old', 'x') }, psFormat: 'x' }, 0o644);
    mkdirSync(join(home, '.docker'));
    symlinkSync(real, join(home, '.docker/config.json'));
    expect(await storeCredentials({ key: 'r.example', env }, account)).toBe(real);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ auths: { 'r.example': auth('u', 'p:ü') }, psFormat: 'x' });
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(await credentialsFrom({ env })('r.example', 'a')).toEqual(account);
    expect(await eraseCredentials({ key: 'r.example', env })).toBe(real);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ auths: {}, psFormat: 'x' });
    expect(await eraseCredentials({ key: 'r.example', env })).toBeUndefined();
  });

  test('a file that is not there is made, with its folder', async () => {
    const authFile = join(home, 'new/auth.json');
    await storeCredentials({ key: 'docker.io', env, authFile }, account);
    expect(JSON.parse(readFileSync(authFile, 'utf8'))).toEqual({
      auths: { 'https://index.docker.io/v1/': auth('u', 'p:ü') },
    });
    expect(statSync(join(home, 'new')).mode & 0o777).toBe(0o700);
  });

  test('the configured helper keeps it, and the file only says so', async () => {
    helper('keys');
    const file = write('.docker/config.json', { credsStore: 'keys' });
    expect(await storeCredentials({ key: 'r.example', env }, account)).toBe('docker-credential-keys');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ credsStore: 'keys', auths: { 'r.example': {} } });
    expect(await credentialsFrom({ env })('r.example', 'a')).toEqual(account);
    expect(await eraseCredentials({ key: 'r.example', env })).toBe('docker-credential-keys');
    expect(await credentialsFrom({ env })('r.example', 'a')).toBeUndefined();
  });

  test('a malformed file is not written over', async () => {
    const file = write('.docker/config.json', '{"auths": ');
    const { message } = await errorOf(storeCredentials({ key: 'r.example', env }, account));
    expect(message).toContain('not JSON');
    expect(readFileSync(file, 'utf8')).toBe('{"auths": ');
  });
});
