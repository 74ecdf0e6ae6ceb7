import { expect, it } from 'vitest';
import { Members } from './members.js';

const made = (...replicas: string[]) =>
  new Members({ name: 'prod', host: 'front', isReadOnly: false, members: { writer: 'w:1', replicas } });
const first = (members: Members, at: number) => members.readersOf(`sha256:${at}`)[0]?.host;
const contents = Array.from({ length: 300 }, (_, at) => at);

it('spreads contents over replicas, the same content always to the same', () => {
  const members = made('a:1', 'b:1', 'c:1');
  const counts = new Map<string | undefined, number>();
  for (const at of contents) counts.set(first(members, at), (counts.get(first(members, at)) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual(['a:1', 'b:1', 'c:1']);
  expect(Math.min(...counts.values())).toBeGreaterThan(60);
  expect(contents.map((at) => first(made('c:1', 'a:1', 'b:1'), at))).toEqual(contents.map((at) => first(members, at)));
});

it('moves only what a further replica takes', () => {
  const [before, after] = [made('a:1', 'b:1'), made('a:1', 'b:1', 'c:1')];
  const moved = contents.filter((at) => first(before, at) !== first(after, at));
  expect(new Set(moved.map((at) => first(after, at)))).toEqual(new Set(['c:1']));
});

it('asks the writer behind the replicas, and last who did not answer', () => {
  const members = made('a:1');
  expect(members.readersOf('sha256:1').map(({ host }) => host)).toEqual(['a:1', 'w:1']);
  expect(members.currentFirst.map(({ host }) => host)).toEqual(['w:1', 'a:1']);
  members.writer.failedAt = Date.now();
  expect(members.currentFirst.map(({ host }) => host)).toEqual(['a:1', 'w:1']);
  members.writer.failedAt = Date.now() - 60_000;
  expect(members.currentFirst.map(({ host }) => host)).toEqual(['w:1', 'a:1']);
});
