import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeAuthority } from '../../pki/make-authority.js';
import { trustFromFolders } from './trust-folders.js';

let folder: string;
let client: { readonly certificate: string; readonly key: string };
beforeAll(async () => {
  client = await makeAuthority('ecdsa');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-certs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text = path): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o600 });
}
const trust = (host: string) => trustFromFolders(host, [join(folder, 'user'), join(folder, 'system')]);

test('authorities of all folders count, and the first certificate of a client', () => {
  write('user/r.example:5000/own.crt');
  write('system/r.example:5000/ca.crt');
  write('system/r.example:5000/client.cert', client.certificate);
  write('system/r.example:5000/client.key', client.key);
  expect(trust('r.example:5000')).toEqual({
    ca: 'user/r.example:5000/own.crt\nsystem/r.example:5000/ca.crt',
    cert: client.certificate,
    key: client.key,
  });
  expect(trust('r.example')).toEqual({});
});

test('a certificate without its key, and a key without its certificate', () => {
  write('user/a.example/client.cert');
  write('user/b.example/client.key');
  expect(() => trust('a.example')).toThrow(/a\.example\/client\.cert has no client\.key beside it/);
  expect(() => trust('b.example')).toThrow(/b\.example\/client\.key has no client\.cert beside it/);
});

test('files of a client that are none, and a key of another', async () => {
  const said = (host: string) => {
    try {
      trust(host);
    } catch (error) {
      return String(error).replaceAll(folder, 'FOLDER');
    }
    return 'nothing';
  };
  const another = await makeAuthority('ecdsa');
  const encrypted = createPrivateKey(client.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  });
  for (const [host, cert, key] of [
    ['a', 'text', client.key],
    ['b', client.certificate, client.certificate],
    ['c', client.certificate, another.key],
    ['d', client.certificate, String(encrypted)],
  ] as const) {
    write(`user/${host}/client.cert`, cert);
    write(`user/${host}/client.key`, key);
  }
  expect(['a', 'b', 'c', 'd'].map(said).join('\n')).toMatchInlineSnapshot(`
    "RegistryError: FOLDER/user/a/client.cert holds no PEM of a certificate
    RegistryError: FOLDER/user/b/client.key holds no PEM of a private key
    RegistryError: FOLDER/user/c/client.key is not the key of FOLDER/user/c/client.cert
    RegistryError: FOLDER/user/d/client.key needs a passphrase, which is not supported here"
  `);
});

test('of a key that others may read it says so', () => {
  write('user/r/client.cert', client.certificate);
  write('user/r/client.key', client.key);
  const notices: string[] = [];
  const read = () => trustFromFolders('r', [join(folder, 'user')], (line) => notices.push(line));
  read();
  expect(notices).toEqual([]);
  chmodSync(join(folder, 'user/r/client.key'), 0o644);
  expect(read().key).toBe(client.key);
  expect(notices.join('\n').replaceAll(folder, 'FOLDER')).toMatchInlineSnapshot(
    `"FOLDER/user/r/client.key is a private key and can be read by others: chmod o-r FOLDER/user/r/client.key"`,
  );
});
