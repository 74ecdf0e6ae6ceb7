import { expect, it } from 'vitest';
import { lineFeed } from './line-feed.js';

function linesOf(chunks: readonly string[], seconds = 0): string[] {
  const lines: string[] = [];
  let now = 0;
  const feed = lineFeed(
    (line) => lines.push(line),
    () => now,
  );
  for (const chunk of chunks) {
    feed.push(Buffer.from(chunk, 'latin1'));
    now += seconds * 1000;
  }
  feed.end();
  return lines;
}

it('gives lines whole, however they come, also the last without an end', () => {
  expect(linesOf(['on', 'e\ntw', 'o\r\n\n', '  \nth\xc3', '\xa9'])).toEqual(['one', 'two', 'thé']);
});

it('cuts a line that never ends: it was copied anew with each piece of it', () => {
  const lines = linesOf([...Array(2000).fill('x'.repeat(65_536)), '\nnext\n']);
  expect(lines.map(({ length }) => length)).toEqual([4098, 4]);
  expect(lines[0]).toMatch(/^x+ …$/);
});

it('passes by what a script prints beyond what anybody could read, and says how much', () => {
  const million = Array.from({ length: 1000 }, () => 'a line of it\n'.repeat(1000));
  const lines = linesOf(million);
  expect(lines.filter((line) => line === 'a line of it').length).toBe(28_000);
  expect(lines.at(-1)).toBe(`… ${972_000 * 13} bytes left out …`);
});

it('goes on giving lines as time goes by, from the beginning of one', () => {
  const lines = linesOf([...Array(4).fill('0123456789abcdef\n'.repeat(100_000)), 'last of it\nthe end'], 20);
  expect(new Set(lines)).toEqual(
    new Set(['0123456789abcdef', '… 1700017 bytes left out …', '… 1700011 bytes left out …', 'the end']),
  );
});
