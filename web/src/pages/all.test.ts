import { expect, test } from 'vitest';
import { pagePaths } from '../../../src/service/page/page-paths.js';
import { groupsOfPages, loadGroup, type PageGroup } from './all.js';

test('the service answers at the paths of pages, and at no others', () => {
  expect(Object.keys(groupsOfPages).sort()).toEqual(['', ...pagePaths].sort());
});

test('a page is in the group that is loaded for its path', async () => {
  const groups = Object.keys(loadGroup) as PageGroup[];
  const patterns = await Promise.all(
    groups.map(async (group) => (await loadGroup[group]()).map(([pattern]) => [pattern, group] as const)),
  );
  const wrong = patterns.flat().filter(([pattern, group]) => groupsOfPages[pattern.split('/')[1] ?? ''] !== group);
  expect(wrong).toEqual([]);
});
