import { expect, it } from 'vitest';
import { dropFromGraph, type RepositoryGraph } from './repository-graph.js';
import { whatGoes } from './what-goes.js';

const hex = 'a'.repeat(64);
const signed = `sha256:${hex}`;
const mark = `sha256-${hex}.sig`;

/** Makes the graph of a repository of words. */
function graph(
  tags: Record<string, string>,
  children: Record<string, string[]>,
  subjects: Record<string, string> = {},
) {
  const sets = (pairs: readonly (readonly [string, string])[]) => {
    const map = new Map<string, Set<string>>();
    for (const [key, value] of pairs) map.set(key, (map.get(key) ?? new Set()).add(value));
    return map;
  };
  const named = Object.entries(children).flatMap(([parent, list]) => list.map((child) => [child, parent] as const));
  const made: RepositoryGraph = {
    tags: new Map(Object.entries(tags)),
    tagsOf: sets(Object.entries(tags).map(([tag, digest]) => [digest, tag])),
    children: new Map(Object.entries(children)),
    parents: sets(named),
    referrers: sets(Object.entries(subjects).map(([referrer, subject]) => [subject, referrer])),
    attached: sets(mark in tags ? [[signed, mark]] : []),
  };
  return made;
}

it('parts go with an index, unless another one or a tag needs them', () => {
  const all = graph({ 1: 'one', 2: 'two', arm: 'c' }, { one: ['a', 'b', 'c'], two: ['b'] });
  const { children, kept } = whatGoes(all, ['one'], new Set());
  expect(children).toEqual(['a']);
  expect(kept).toEqual([
    { digest: 'b', tags: [], parents: ['two'] },
    { digest: 'c', tags: ['arm'], parents: [] },
  ]);
  expect(whatGoes(all, ['one', 'two'], new Set()).children.toSorted()).toEqual(['a', 'b']);
  dropFromGraph(all, ['2'], ['two']);
  expect(whatGoes(all, ['one'], new Set()).children.toSorted()).toEqual(['a', 'b']);
});

it('signatures go with their image, of a part as well, and signatures of signatures', () => {
  const all = graph(
    { 1: 'index', [mark]: 'sig' },
    { index: [signed] },
    { about: signed, aboutThat: 'about', other: 'x' },
  );
  const { referrers, referrerTags } = whatGoes(all, ['index'], new Set());
  expect(referrers.toSorted()).toEqual(['about', 'aboutThat', 'sig']);
  expect(referrerTags).toEqual([mark]);
});

it('an index that names itself, or two that name each other, end', () => {
  expect(whatGoes(graph({}, { a: ['a', 'b'], b: ['a'] }), ['a'], new Set()).children).toEqual(['b']);
});
