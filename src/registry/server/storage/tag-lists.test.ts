import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Layout } from './layout.js';
import { entriesBehind, TagLists } from './tag-lists.js';

let home: string;
let layout: Layout;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-tags-'));
  layout = new Layout(home);
});
afterEach(() => rm(home, { recursive: true }));

const add = (tag: string) => mkdir(`${layout.tags('a')}/${tag}/current`, { recursive: true });
const changedAt = (time: number) => utimes(layout.tags('a'), time, time);

test('every page of a list had all tags read and sorted again', async () => {
  const lists = new TagLists(layout);
  expect(await lists.of('a')).toBe(undefined);
  await add('b');
  await changedAt(1000);
  const first = await lists.of('a');
  await add('a');
  await changedAt(1000); // As if nothing had happened: then nothing is read.
  expect(await lists.of('a')).toBe(first);
  await changedAt(1001);
  expect(await lists.of('a')).toEqual(['a', 'b']);
});

test('a tag that is pushed while a list is read is in the next list', async () => {
  const lists = new TagLists(layout);
  const seen: boolean[] = [];
  for (let at = 0; at < 50; at += 1) {
    const before = [lists.of('a'), lists.of('a')];
    await add(`t${at}`);
    seen.push((await lists.of('a'))?.includes(`t${at}`) ?? false);
    await Promise.all(before);
  }
  expect(seen).not.toContain(false);
});

test.each([
  ['', 2, ['B', 'a']],
  ['B', 2, ['a', 'b']],
  ['A', 1, ['B']],
  ['aa', 9, ['b', 'c']],
  ['c', 9, []],
  ['\u{1f600}', 9, []],
  ['', 0, []],
  ['', Number.POSITIVE_INFINITY, ['B', 'a', 'b', 'c']],
])('behind "%s", %d at most', (last, most, entries) => {
  expect(entriesBehind(['B', 'a', 'b', 'c'], last, most)).toEqual(entries);
});
