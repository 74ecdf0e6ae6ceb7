import { execFileSync } from 'node:child_process';
import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RegistryError } from '../registry-error.js';
import { parseAuthFile } from './auth-files.js';
import { getFromHelper, storeInHelper } from './credential-helper.js';
import { credentialsFrom } from './credentials.js';
import { eraseCredentials, storeCredentials } from './credentials-store.js';
import { trustFromFolders } from './trust-folders.js';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-hostile-'));
  env = { HOME: home, PATH: `${home}/bin:${process.env.PATH}` };
});
afterEach(() => rmSync(home, { recursive: true }));

function write(path: string, content: string, mode = 0o600): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
  return file;
}

/** Returns the error of something that must be refused. */
async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return `${error.kind}: ${error.message}`.replaceAll(home, '~');
  }
  throw new Error('it was not refused');
}

describe('a credential helper', () => {
  const names = ['../../x', 'a/b', '/bin/sh', 'a;b', '$(x)', 'a b', 'a\nb', '', '-x', '.', 'x'.repeat(101), '\u0430'];
  test.each(names.filter((name) => name !== ''))('named %j is none, and nothing is run', async (name) => {
    write(`docker-credential-${name.replaceAll('/', '-')}`, '#!/bin/sh\ntouch ran\n', 0o755);
    for (const place of [{ credsStore: name, auths: { 'r.example': {} } }, { credHelpers: { 'r.example': name } }]) {
      write('.docker/config.json', JSON.stringify(place));
      const none = `input: ~/.docker/config.json names ${JSON.stringify(name.slice(0, 100))}, which is no credential helper`;
      const key = 'r.example';
      expect(await refusal(() => credentialsFrom({ env })(key, 'a'))).toBe(none);
      expect(await refusal(() => storeCredentials({ key, env }, { username: 'a', password: 'b' }))).toBe(none);
      expect(await refusal(() => eraseCredentials({ key, env }))).toBe(none);
    }
    write('.docker/config.json', JSON.stringify({ credsStore: name }));
    expect(await credentialsFrom({ env })('r.example', 'a')).toBeUndefined();
  });

  test('is not asked for a host with a line end in it, which would be two', async () => {
    write('bin/docker-credential-x', `#!/bin/sh\ncat > ${home}/asked\n`, 0o755);
    const helper = { name: 'x', configuredIn: 'config.json', env };
    for (const host of ['good.example\nevil.example', 'a\r\nb', 'a\0b', 'a b', '', '\u2028']) {
      const none = `input: ${JSON.stringify(host)} is not a registry to ask docker-credential-x for`;
      expect(await refusal(() => getFromHelper(helper, host))).toBe(none);
      expect(await refusal(() => storeInHelper(helper, host, { username: 'a', password: 'b' }))).toBe(none);
    }
    expect(() => readFileSync(`${home}/asked`)).toThrow('ENOENT');
  });

  test('that prints without end is ended', async () => {
    write('bin/docker-credential-x', '#!/bin/sh\nexec cat /dev/zero\n', 0o755);
    expect(await refusal(() => getFromHelper({ name: 'x', configuredIn: 'config.json', env }, 'r.example'))).toBe(
      'input: cannot run docker-credential-x, which config.json names: it printed more than 1048576 characters',
    );
  });

  test('that does not answer is ended, though what it started holds its output open', async () => {
    write('bin/docker-credential-x', '#!/bin/sh\ntrap "" TERM\nsleep 3 &\nsleep 3\n', 0o755);
    const helper = { name: 'x', configuredIn: 'config.json', env, patience: 100 };
    expect(await refusal(() => getFromHelper(helper, 'r.example'))).toBe(
      'input: cannot run docker-credential-x, which config.json names: it did not answer within 0.1 s',
    );
  });
});

describe('a file of accounts', () => {
  test('that is a pipe, a device, a folder or huge is refused, and not waited for', async () => {
    const path = write('.docker/config.json', '');
    const account = () => credentialsFrom({ env })('r.example', 'a');
    truncateSync(path, 2 ** 31);
    const tooLarge = 'input: cannot read the accounts in ~/.docker/config.json: it has more than 16 MiB: split it';
    expect(await refusal(account)).toBe(tooLarge);
    rmSync(path);
    symlinkSync('/dev/zero', path);
    const none = 'input: cannot read the accounts in ~/.docker/config.json: it is no regular file';
    expect(await refusal(account)).toBe(none);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(await refusal(account)).toBe(none);
    expect(await refusal(() => storeCredentials({ key: 'r.example', env }, { username: 'a', password: 'b' }))).toBe(
      'input: cannot read ~/.docker/config.json: it is no regular file',
    );
  });

  test('that is a pipe is read where it was asked for by name, as in <(command)', async () => {
    const path = join(home, 'pipe');
    execFileSync('mkfifo', [path]);
    const auth = Buffer.from('ada:pw').toString('base64');
    const script = `printf '%s' '{"auths":{"r.example":{"auth":"${auth}"}}}' > "$0" &`;
    execFileSync('sh', ['-c', script, path], { stdio: 'ignore' });
    const found = await credentialsFrom({ env, authFiles: [path] })('r.example', 'a');
    expect(found).toEqual({ username: 'ada', password: 'pw' });
  });

  // Only root may give links away.
  test.skipIf(process.getuid?.() !== 0)('that is a link of another user is not written', async () => {
    const path = join(home, 'auth.json');
    symlinkSync(write('elsewhere', '{}'), path);
    lchownSync(path, 65534, 65534);
    const place = { key: 'r.example', env, authFile: path };
    expect(await refusal(() => storeCredentials(place, { username: 'a', password: 'b' }))).toBe(
      'input: ~/auth.json is a link of another user: accounts are not written through it',
    );
    expect(readFileSync(join(home, 'elsewhere'), 'utf8')).toBe('{}');
  });

  test('with a token that no header can hold is refused', async () => {
    const text = JSON.stringify({ auths: { 'r.example': { registrytoken: 'a\r\nX-Evil: 1' } } });
    const { accounts, wrong } = parseAuthFile(text, 'auth.json');
    expect(accounts.size).toBe(0);
    expect(wrong.get('r.example')?.message).toBe('auth.json: auths.r.example.registrytoken is not a token');
  });

  test('with names that JavaScript has a meaning for gives no account to any', () => {
    const auth = Buffer.from('ada:pw').toString('base64');
    const file = parseAuthFile(
      `{"auths":{"__proto__":{"auth":"${auth}"},"constructor":{"auth":"${auth}"}}}`,
      'auth.json',
    );
    expect(file.accounts.get('r.example')).toBeUndefined();
    expect(file.accounts.get('constructor')).toEqual({ username: 'ada', password: 'pw' });
    expect(Object.keys({})).toEqual([]);
  });
});

test('a name that is no host finds no certificates outside of their folders', () => {
  write('certs.d/x', '');
  write('evil/ca.crt', 'an authority');
  expect(trustFromFolders('../evil', [join(home, 'certs.d')])).toEqual({});
});
