import { existsSync, readFileSync } from 'node:fs';
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

it('no journal is made where there was none', async () => {
  const path = join(folderOf({}), 'none.jsonl');
  await dropFinished(path, new Set(['team/web']));
  expect(existsSync(path)).toBe(false);
});
