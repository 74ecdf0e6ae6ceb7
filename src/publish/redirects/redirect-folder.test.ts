import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RedirectFolder } from './redirect-folder.js';

let folder: string;
let lines: string[];
let redirects: RedirectFolder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-redirects-'));
  lines = [];
  redirects = new RedirectFolder({ folder, interval: 1000, complain: (line) => void lines.push(line) });
});
afterEach(async () => {
  await redirects.close();
  rmSync(folder, { recursive: true, force: true });
});

function put(path: string, more: object = {}): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  const base = { version: 2, repository: 'web', 'repo-registry-id': 'team/web', url: 'http://cdn.example.com/web/' };
  writeFileSync(join(folder, path), JSON.stringify({ ...base, ...more }));
}

const urls = () => [...redirects.tables.manifests.values()].map(({ name, url }) => `${name} ${url}`);

it('files are found anywhere below the folder, and only *.json', async () => {
  put('a/b/c.json', { 'repo-registry-id': 'one' });
  put('two.json', { 'repo-registry-id': 'two' });
  put('three.txt', { 'repo-registry-id': 'three' });
  await redirects.start();
  expect([...redirects.tables.manifests.keys()]).toEqual(['one', 'two']);
  expect(lines).toEqual([]);
});

it('an edit in place is seen, and files that are as they were are not parsed again', async () => {
  put('web.json');
  put('other.json', { 'repo-registry-id': 'other' });
  const then = new Date('2020-01-01');
  utimesSync(join(folder, 'web.json'), then, then);
  await redirects.start();
  expect(redirects.parsed).toBe(2);
  put('web.json', { url: 'http://cdn.example.com/abc/' });
  utimesSync(join(folder, 'web.json'), then, then);
  await redirects.reload();
  expect(urls()).toContain('team/web http://cdn.example.com/abc/');
  expect(redirects.parsed).toBe(3);
  await redirects.reload();
  put('other.json', { 'repo-registry-id': 'other' });
  await redirects.reload();
  expect(redirects.parsed).toBe(3);
});

it('a file that is deleted is served no more, one that is renamed into the folder is', async () => {
  put('web.json');
  await redirects.start();
  renameSync(join(folder, 'web.json'), join(folder, 'web.old'));
  await redirects.reload();
  expect(urls()).toEqual([]);
  renameSync(join(folder, 'web.old'), join(folder, 'new.json'));
  await redirects.reload();
  expect(urls()).toEqual(['team/web http://cdn.example.com/web/']);
});

it('a bad file is named once while it is as it is, and the others are served', async () => {
  put('bad.json', { version: 9 });
  put('web.json');
  await redirects.start();
  await redirects.reload();
  expect(lines).toEqual(['bad.json: metadata version 9 not supported']);
  put('bad.json', { version: 8 });
  await redirects.reload();
  expect(lines).toEqual(['bad.json: metadata version 9 not supported', 'bad.json: metadata version 8 not supported']);
  expect(urls()).toEqual(['team/web http://cdn.example.com/web/']);
});

it('of two files with one name the first by path counts, and both are named; version 1 has names of its own', async () => {
  put('b.json', { url: 'http://cdn.example.com/b/' });
  put('a/z.json', { url: 'http://cdn.example.com/a/' });
  put('c.json', { version: 1, images: [{ id: 'abc' }], tags: {} });
  await redirects.start();
  expect(urls()).toEqual(['team/web http://cdn.example.com/a/']);
  expect(lines).toEqual(['b.json: a/z.json has the repository team/web too, and is the one that counts']);
  expect(redirects.tables.images.size).toBe(1);
  expect(redirects.tables.holders.get('abc')?.map(({ name }) => name)).toEqual(['team/web']);
});

it('links are followed, and one that leads back up ends nothing', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'provision-outside-'));
  try {
    put('web.json');
    symlinkSync(outside, join(folder, 'linked'));
    symlinkSync(folder, join(folder, 'linked', 'back'));
    symlinkSync(join(folder, 'web.json'), join(folder, 'zweb.json'));
    symlinkSync('/nowhere.json', join(folder, 'dead.json'));
    writeFileSync(
      join(outside, 'far.json'),
      '{"version":2,"repository":"far","repo-registry-id":"far","url":"http://cdn.example.com/far"}',
    );
    await redirects.start();
    expect([...redirects.tables.manifests.keys()]).toEqual(['far', 'team/web']);
    expect(lines).toEqual([expect.stringMatching(/^dead\.json: .*ENOENT/)]);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

it('numbers and sizes have bounds', async () => {
  await redirects.close();
  const bounds = { interval: 1000, mostFiles: 2, largestFile: 300, complain: (line: string) => void lines.push(line) };
  redirects = new RedirectFolder({ folder, ...bounds });
  put('a.json', { url: `http://cdn.example.com/${'a'.repeat(300)}` });
  put('b.json');
  put('c.json', { 'repo-registry-id': 'c' });
  await redirects.start();
  expect(urls()).toEqual(['team/web http://cdn.example.com/web/']);
  expect(lines).toEqual(['c.json: there are more than 2 files', 'a.json: it is not there, or has more than 300 bytes']);
});

it('while the folder cannot be read, what was read before is served', async () => {
  put('web.json');
  await redirects.start();
  renameSync(folder, `${folder}-away`);
  await redirects.reload();
  await redirects.reload();
  renameSync(`${folder}-away`, folder);
  expect(urls()).toEqual(['team/web http://cdn.example.com/web/']);
  expect(lines).toEqual([`${folder}: no such file or directory; what was read before is served`]);
});

it('looks by itself at each interval', async () => {
  await redirects.close();
  redirects = new RedirectFolder({ folder, interval: 0.05, complain: () => {} });
  await redirects.start();
  put('web.json');
  await expect.poll(() => urls().length).toBe(1);
});
