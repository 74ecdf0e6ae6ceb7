import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trustFromFolders } from './trust-folders.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-certs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text = path): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const trust = (host: string) => trustFromFolders(host, [join(folder, 'user'), join(folder, 'system')]);

test('authorities of all folders count, and the first certificate of a client', () => {
  write('user/r.example:5000/own.crt');
  write('system/r.example:5000/ca.crt');
  write('system/r.example:5000/client.cert');
  write('system/r.example:5000/client.key');
  expect(trust('r.example:5000')).toEqual({
    ca: 'user/r.example:5000/own.crt\nsystem/r.example:5000/ca.crt',
    cert: 'system/r.example:5000/client.cert',
    key: 'system/r.example:5000/client.key',
  });
  expect(trust('r.example')).toEqual({});
});

test('a certificate without its key, and a key without its certificate', () => {
  write('user/a.example/client.cert');
  write('user/b.example/client.key');
  expect(() => trust('a.example')).toThrow(/a\.example\/client\.cert has no client\.key beside it/);
  expect(() => trust('b.example')).toThrow(/b\.example\/client\.key has no client\.cert beside it/);
});
