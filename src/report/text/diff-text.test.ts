import { expect, test } from 'vitest';
import { diffLines, shortDiff } from './diff-text.js';
import { painter } from './paint.js';

const plain = painter(false);
const numbered = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');

test('unified, with three lines around', () => {
  const before = numbered(20, 'line');
  const after = before.replace('line 10\n', 'line ten\nand more\n');
  expect(diffLines({ label: '/etc/a b', before, after }, plain).join('\n')).toMatchInlineSnapshot(`
    "--- before: /etc/a b
    +++ after: /etc/a b
    @@ -8,7 +8,8 @@
     line 7
     line 8
     line 9
    -line 10
    +line ten
    +and more
     line 11
     line 12
     line 13"
  `);
});

test('a file without a newline at its end, and one with Windows line ends, look different', () => {
  expect(diffLines({ label: '/x', before: 'a\n', after: 'a' }, plain).join('\n')).toMatchInlineSnapshot(`
    "--- before: /x
    +++ after: /x
    @@ -1,1 +1,1 @@
    -a
    +a
    \\ No newline at end of file"
  `);
  expect(diffLines({ label: '/x', before: 'a\r\n', after: 'a\n' }, plain).join('\n')).toMatchInlineSnapshot(`
    "--- before: /x
    +++ after: /x
    @@ -1,1 +1,1 @@
    -a\\x0d
    +a"
  `);
});

test('what is over the limit is counted', () => {
  const lines = diffLines({ label: '/x', before: '', after: numbered(300, 'line') }, plain);
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe('… 103 more lines');
  expect(diffLines({ label: '/x', before: '', after: numbered(300, 'line') }, plain, shortDiff)).toHaveLength(21);
  expect(diffLines({ label: '/x', before: '', after: `${'x'.repeat(70_000)}\n` }, plain).at(-1)).toBe('… 1 more line');
});

test('binary content is not printed', () => {
  expect(diffLines({ label: '/x', before: '', after: 'a\0b' }, plain)).toEqual(['/x: binary content differs']);
});

test('equal texts have no difference', () => {
  expect(diffLines({ label: '/x', before: 'a\n', after: 'a\n' }, plain)).toEqual([]);
});
