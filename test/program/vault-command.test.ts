import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { provision } from '../kit/provision.js';

const root = mkdtempSync(join(tmpdir(), 'vault-command-'));
let folder = root;
let count = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  folder = join(root, String(++count));
  mkdirSync(folder);
  for (const name of ['one', 'two']) write(`${name}.password`, `${name}\n`);
  write('plain.yaml', 'a: swordfish\n');
});

const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);
const read = (name: string) => readFileSync(at(name), 'utf8');
const one = ['--vault-password-file', 'one.password'];
const vault = async (args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}) => {
  const { status, stdout, stderr } = await provision(['vault', ...args], { cwd: folder, ...options });
  return { status, stdout, stderr };
};

test('encrypts and decrypts in place; mode and links stay', async () => {
  chmodSync(at('plain.yaml'), 0o640);
  symlinkSync('plain.yaml', at('link.yaml'));
  expect(await vault(['encrypt', 'link.yaml', ...one])).toEqual({
    status: 0,
    stdout: '',
    stderr: 'link.yaml: encrypted',
  });
  expect(read('plain.yaml')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f]{80}\n/);
  expect(statSync(at('plain.yaml')).mode & 0o777).toBe(0o640);
  expect(await vault(['view', 'plain.yaml', ...one])).toMatchObject({ status: 0, stdout: 'a: swordfish' });
  expect(await vault(['decrypt', 'plain.yaml', ...one])).toMatchObject({ status: 0 });
  expect(read('link.yaml')).toBe('a: swordfish\n');
  expect(statSync(at('plain.yaml')).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'one.password', 'plain.yaml', 'two.password']);
});

test('refuses what is encrypted already, what is not, and wrong passwords, with all files as they were', async () => {
  await vault(['encrypt', 'plain.yaml', ...one]);
  write('other.yaml', 'b: 1\n');
  const before = read('plain.yaml');
  const again = await vault(['encrypt', 'other.yaml', 'plain.yaml', ...one]);
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('plain.yaml is encrypted already') });
  const plain = await vault(['decrypt', 'plain.yaml', 'other.yaml', ...one]);
  expect(plain).toMatchObject({ status: 1, stderr: expect.stringContaining('other.yaml is not encrypted') });
  const wrong = await vault(['decrypt', 'plain.yaml', '--vault-id', 'x@two.password']);
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toMatchInlineSnapshot(`
    "error plain.yaml is encrypted, and no vault password opens it; tried x (two.password)
      wrong password, or the vault has been damaged

    1 error; no host was contacted"
  `);
  const none = await vault(['decrypt', 'plain.yaml']);
  expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining('standard input is not a terminal') });
  expect([read('plain.yaml'), read('other.yaml')]).toEqual([before, 'b: 1\n']);
});

test('filters standard input, with the password that the environment names', async () => {
  const env = { ANSIBLE_VAULT_PASSWORD_FILE: at('one.password') };
  const sealed = await vault(['encrypt'], { env, input: 'swordfish' });
  expect(sealed.stdout).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
  const indented = sealed.stdout.replace(/^/gm, '    ');
  expect(await vault(['decrypt'], { env, input: indented })).toEqual({ status: 0, stdout: 'swordfish', stderr: '' });
});

test('prints a value for YAML, and takes none as an argument', async () => {
  const ids = ['--vault-id', 'prod@one.password', '--vault-id', 'dev@two.password'];
  const printed = await vault(['encrypt-string', '-n', 'pw', '--encrypt-vault-id', 'prod', ...ids], {
    input: 'swordfish\n',
  });
  expect(printed.stdout).toMatch(/^pw: !vault \|\n {2}\$ANSIBLE_VAULT;1\.2;AES256;prod\n {2}[0-9a-f]{80}\n/);
  const body = printed.stdout.split('\n').slice(1).join('\n');
  expect(await vault(['decrypt', ...ids], { input: body })).toMatchObject({ stdout: 'swordfish' });
  expect(await vault(['encrypt-string', ...ids], { input: 'x' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('several ids were given: prod, dev'),
  });
  expect(await vault(['encrypt_string', 'swordfish', ...one])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('cannot be an argument'),
  });
});

test('gives another password; the id stays unless a new one is said', async () => {
  await vault(['encrypt', 'plain.yaml', '--vault-id', 'prod@one.password']);
  const ids = ['--vault-id', 'prod@one.password'];
  expect(await vault(['rekey', 'plain.yaml', ...ids, '--new-vault-password-file', 'two.password'])).toMatchObject({
    status: 0,
  });
  expect(read('plain.yaml')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
  expect(await vault(['view', 'plain.yaml', ...ids])).toMatchObject({ status: 1 });
  expect(
    await vault(['rekey', 'plain.yaml', '--vault-password-file', 'two.password', '--new-vault-id', 'dev@one.password']),
  ).toMatchObject({ status: 0 });
  expect(read('plain.yaml')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/);
  expect(await vault(['view', 'plain.yaml', ...one])).toMatchObject({ stdout: 'a: swordfish' });
});

test('edits by an editor; what it saw is gone afterwards, also when it failed', async () => {
  await vault(['encrypt', 'plain.yaml', ...one]);
  const before = read('plain.yaml');
  const run = at('run');
  mkdirSync(run, { mode: 0o700 });
  const edit = async (script: string) => {
    write('editor', `#!/bin/sh\nls -l "$1" | cut -c1-10 > ${at('seen')}\n${script}\n`);
    chmodSync(at('editor'), 0o755);
    const result = await vault(['edit', 'plain.yaml', ...one], { env: { EDITOR: at('editor'), XDG_RUNTIME_DIR: run } });
    expect(readdirSync(run)).toEqual([]);
    expect(read('seen')).toBe('-rw-------\n');
    return result;
  };
  expect(await edit('exit 3')).toMatchObject({ status: 2, stderr: expect.stringContaining('exit status 3') });
  expect(await edit(':')).toMatchObject({ status: 0, stderr: 'plain.yaml: unchanged' });
  expect(read('plain.yaml')).toBe(before);
  expect(await edit('echo "b: 2" >> "$1"')).toMatchObject({ status: 0 });
  expect(await vault(['view', 'plain.yaml', ...one])).toMatchObject({ stdout: 'a: swordfish\nb: 2' });
  const lost = await edit(`echo c >> "$1"; echo other > ${at('plain.yaml')}`);
  expect(lost).toMatchObject({ status: 2, stderr: expect.stringContaining('somebody else') });
  const kept = /is in (\S+),/.exec(lost.stderr)?.[1] ?? '';
  expect(await vault(['view', kept, ...one])).toMatchObject({ stdout: 'a: swordfish\nb: 2\nc' });
  rmSync(join(kept, '..'), { recursive: true });
});
