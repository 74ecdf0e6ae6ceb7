import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileCacheFolder } from './compile-cache.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compile-cache-'));
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'build'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cacheOf = (env: NodeJS.ProcessEnv = { HOME: join(folder, 'home') }) =>
  compileCacheFolder(env, join(folder, 'build'));

test('a folder of this user alone, the same one for the same build', () => {
  const first = cacheOf();
  expect(first).toMatch(/home\/\.cache\/registry-provision\/[\d-]+$/);
  expect(statSync(first ?? '').mode & 0o777).toBe(0o700);
  expect(cacheOf()).toBe(first);
  utimesSync(join(folder, 'build'), 1, 1);
  expect(cacheOf()).not.toBe(first);
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  expect(cacheOf({ HOME: '/nowhere', XDG_CACHE_HOME: elsewhere })).toContain(`${elsewhere}/registry-provision/`);
});

test('none where another user could put code', () => {
  const home = join(folder, 'home');
  mkdirSync(join(home, '.cache'));
  for (const open of [home, join(home, '.cache')]) {
    chmodSync(open, 0o777);
    expect(cacheOf()).toBeUndefined();
    chmodSync(open, 0o755);
  }
  expect(readdirSync(join(home, '.cache'))).toEqual([]);
  symlinkSync('/tmp', join(home, '.cache/registry-provision'));
  expect(cacheOf()).toBeUndefined();
  expect(cacheOf({ HOME: '/nowhere', XDG_CACHE_HOME: '/tmp' })).toBeUndefined();
});

test('none without a home that can be written to, and none is made', () => {
  const missing = join(folder, 'missing');
  expect(cacheOf({ HOME: missing })).toBeUndefined();
  expect(existsSync(missing)).toBe(false);
  expect(cacheOf({ HOME: '/proc' })).toBeUndefined();
  expect(compileCacheFolder({ HOME: join(folder, 'home') }, missing)).toBeUndefined();
});

test('old builds do not pile up', () => {
  for (let day = 1; day <= 6; day++) {
    utimesSync(join(folder, 'build'), day, day);
    cacheOf();
  }
  expect(readdirSync(join(folder, 'home/.cache/registry-provision'))).toHaveLength(4);
});
