import {
  chmodSync,
  lstatSync,
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
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile, writeNewFile } from './replace-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-file-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

test('the content is new, and the mode stays', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'old');
  chmodSync(file, 0o664);
  await replaceFile(file, 'new');
  expect([readFileSync(file, 'utf8'), modeOf(file), readdirSync(folder)]).toEqual(['new', '664', ['file']]);
});

test('a name as long as names may be left no room for that of the temporary file', async () => {
  const file = join(folder, `${'ü'.repeat(120)}${'x'.repeat(15)}`);
  await replaceFile(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
});

test('a given mode counts, whatever the file had', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'old');
  chmodSync(file, 0o644);
  await replaceFile(file, 'new', { mode: 0o600 });
  expect(modeOf(file)).toBe('600');
});

test('a new file is for its owner alone', async () => {
  await replaceFile(join(folder, 'file'), 'new');
  expect(modeOf(join(folder, 'file'))).toBe('600');
});

test('a link stays, unless it is what is replaced', async () => {
  const link = join(folder, 'link');
  const behind = join(folder, 'behind');
  writeFileSync(behind, 'old');
  symlinkSync('behind', link);
  await replaceFile(link, 'new');
  expect([lstatSync(link).isSymbolicLink(), readFileSync(behind, 'utf8')]).toEqual([true, 'new']);
  await replaceFile(link, 'newer', { link: 'replace' });
  expect([lstatSync(link).isSymbolicLink(), readFileSync(behind, 'utf8')]).toEqual([false, 'new']);
});

test('missing folders are made where a mode is given for them', async () => {
  const file = join(folder, 'a', 'b', 'file');
  await expect(replaceFile(file, 'new')).rejects.toThrow('ENOENT');
  await replaceFile(file, 'new', { folderMode: 0o700 });
  expect([readFileSync(file, 'utf8'), modeOf(join(folder, 'a'))]).toEqual(['new', '700']);
});

test('after an error nothing is left behind, and the file is as it was', async () => {
  mkdirSync(join(folder, 'in-the-way', 'full'), { recursive: true });
  await expect(replaceFile(join(folder, 'in-the-way'), 'new', { mode: 0o600 })).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['in-the-way']);
});

test('a temporary file that is there already is not written through, nor deleted', async () => {
  const file = join(folder, 'file');
  const temporary = join(folder, 'file.new');
  symlinkSync('elsewhere', temporary);
  await expect(replaceFile(file, 'new', { temporary })).rejects.toThrow('EEXIST');
  expect(readdirSync(folder)).toEqual(['file.new']);
});

test('a new file is refused where one is', async () => {
  writeFileSync(join(folder, 'file'), 'old');
  await expect(writeNewFile(join(folder, 'file'), 'new', 0o644)).rejects.toThrow('EEXIST');
});
