import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { entriesBelow } from './entries-below.js';

it('links to folders are named and not followed: several that lead back had no end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entries-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/file'), '');
  for (const name of ['x', 'y', 'z']) symlinkSync('..', join(folder, 'a', name));
  symlinkSync('nowhere', join(folder, 'dangling'));
  const paths = [...entriesBelow(folder)].map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  expect(paths.sort()).toEqual(['a', 'a/b', 'a/b/file', 'a/x', 'a/y', 'a/z', 'dangling']);
  expect(() => [...entriesBelow(join(folder, 'none'))]).toThrow('ENOENT');
});
