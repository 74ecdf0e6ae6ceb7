import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf } from '../../../test/kit/folder-of.js';
import { dropFinished, Journal } from './journal.js';

const layer = `sha256:${'1'.repeat(64)}` as const;

function interrupted(...repositories: string[]): string {
  const path = join(folderOf({}), 'journal.jsonl');
  const journal = new Journal(path);
  for (const repository of repositories) journal.recordFinished(layer, repository);
  journal.close(false);
  return path;
}

it('a journal of images that are all there is deleted', async () => {
  const path = interrupted('team/web', 'team/db');
  await dropFinished(path, new Set(['team/web', 'team/db']));
  expect(existsSync(path)).toBe(false);
});

it("another task's unfinished images stay in the journal of the same registry", async () => {
  const path = interrupted('team/web', 'team/db');
  await dropFinished(path, new Set(['team/web']));
  expect(new Journal(path).repositories(layer)).toEqual(['team/db']);
  expect(readFileSync(path, 'utf8')).toBe(`{"digest":"${layer}","repository":"team/db"}\n`);
});

it('what was brought a week ago, or was found to be lost, is not believed', () => {
  const path = interrupted('team/web', 'team/db');
  const later = new Journal(path);
  later.recordUnverified('team/web', '1');
  later.forget(layer);
  later.close(false);
  expect(new Journal(path).repositories(layer)).toEqual([]);
  const old = interrupted('team/web');
  const before = new Journal(old);
  before.recordUnverified('team/web', '1');
  before.close(false);
  expect(new Journal(old).isBelieved(layer, 'team/web')).toBe(true);
  utimesSync(old, 0, Date.now() / 1000 - 8 * 24 * 3600);
  expect(new Journal(old).repositories(layer)).toEqual([]);
  expect(new Journal(old).isBelieved(layer, 'team/web')).toBe(false);
  expect(new Journal(old).isUnverified('team/web', '1')).toBe(true);
});

it('no journal is made where there was none', async () => {
  const path = join(folderOf({}), 'none.jsonl');
  await dropFinished(path, new Set(['team/web']));
  expect(existsSync(path)).toBe(false);
});
