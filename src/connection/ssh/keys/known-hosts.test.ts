import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { entriesFor } from './known-hosts.js';

const folder = mkdtempSync(join(tmpdir(), 'known-'));
afterAll(() => rmSync(folder, { recursive: true }));

function linesFor(name: string, ...texts: readonly string[]): number[] {
  const file = join(folder, `known_hosts${Math.random()}`);
  writeFileSync(file, texts.map((text) => `${text}\n`).join(''));
  return entriesFor([file], name).map(({ line }) => line);
}

it('finds all lines of a name in their order: plain ones, lists, patterns and hashes', () => {
  // ssh-keygen -H of "web1"
  const hashed = '|1|flyxewhHySfcAsOcgq+hL/e/TWg=|qk4kNjSd8/D4P5XeZAr15XOafTM=';
  const file = [
    '*.example.org ssh-rsa AAAA',
    'web1 ssh-ed25519 BBBB',
    'db1,WEB1,10.0.0.1 ssh-rsa CCCC',
    '# web1 ssh-rsa no',
    'web?,!web2 ssh-rsa DDDD',
    '@revoked * ssh-rsa EEEE',
    '[web1]:2222 ssh-rsa FFFF',
    `${hashed} ssh-rsa GGGG`,
    'web1,web1 ssh-rsa HHHH',
  ];
  expect(linesFor('Web1', ...file)).toEqual([2, 3, 5, 6, 8, 9]);
  expect(linesFor('web2', ...file)).toEqual([6]);
  expect(linesFor('[web1]:2222', ...file)).toEqual([6, 7]);
  expect(linesFor('a.example.org', ...file)).toEqual([1, 6]);
});
