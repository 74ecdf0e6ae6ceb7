import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from './make-folders.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes all that are missing, and takes those that are there', async () => {
  const path = join(folder, 'a/b/c');
  await Promise.all([makeFolders(path), makeFolders(path)]);
  await makeFolders(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it('ends where folders can not be made: in /proc, below a file', async () => {
  await expect(makeFolders('/proc/none/a')).rejects.toMatchObject({ code: expect.stringMatching(/ENOENT|EACCES/) });
  writeFileSync(join(folder, 'file'), '');
  await expect(makeFolders(join(folder, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
