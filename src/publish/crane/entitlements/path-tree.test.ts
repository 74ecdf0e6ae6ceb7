import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type CodeTree, codeTree } from './huffman.js';
import { readPathTree } from './path-tree.js';

const words = ['never', 'always', '$releasever', 'content', 'dist', ''];

/** Branches of each node: `content` → node 1, and so on. */
const branches: readonly (readonly (readonly [string, number])[])[] = [
  [['content', 1]],
  [['dist', 2]],
  [
    ['always', 4],
    ['$releasever', 3],
  ],
  [['never', 4]],
  [],
];

function codesOf<Value>(tree: CodeTree<Value> | undefined, code = ''): (readonly [Value, string])[] {
  if (tree === undefined) return [];
  if ('value' in tree) return [[tree.value, code]];
  return [...codesOf(tree[0], `${code}0`), ...codesOf(tree[1], `${code}1`)];
}

function encoded(list: readonly string[], nodes: typeof branches): Buffer {
  const wordCodes = new Map(codesOf(codeTree(list)));
  const nodeCodes = new Map(codesOf(codeTree(nodes.slice(1).map((_, at) => at + 1))));
  const bits = nodes
    .map(
      (node) =>
        `${node.map(([word, to]) => `${wordCodes.get(word)}${nodeCodes.get(to)}`).join('')}${wordCodes.get('')}`,
    )
    .join('');
  const bytes = bits.match(/.{1,8}/g)?.map((each) => Number.parseInt(each.padEnd(8, '0'), 2)) ?? [];
  return Buffer.concat([deflateSync(list.join('\0')), Buffer.from([nodes.length, ...bytes])]);
}

describe('the content paths of an entitlement of version 3', () => {
  const covers = readPathTree(encoded(words, branches));

  it.each([
    ['content/dist/always', true],
    ['content/dist/always/2', true],
    ['content/dist/7/never', true],
    ['content/dist/7/never/x/y', true],
    ['content/dist/7', false],
    ['content/dist', false],
    ['content', false],
    ['content/dist/alwayss', false],
    ['', false],
  ])('%s: %s', (path, expected) => {
    expect(covers(path.split('/').filter((word) => word !== ''))).toBe(expected);
  });

  // The codes are those of subscription-manager's reader (rhsm), which reads this tree alike.
  it('are coded as they are in certificates', () => {
    expect(encoded(words, branches).toString('hex')).toMatchInlineSnapshot(
      `"789ccb4b2d4b2d6248cc294fac2c6650294acd494d2c060b25e7e795a4e69530a4641697300000108f0db30534fbdab940"`,
    );
  });

  it('without a path open nothing', () => {
    expect(readPathTree(encoded(words, [[], []]))(['content'])).toBe(false);
  });

  it('that are damaged, or bombs, are errors', () => {
    const whole = encoded(words, branches);
    expect(() => readPathTree(Buffer.from('no zlib'))).toThrow();
    expect(() => readPathTree(deflateSync('a\0'))).toThrow('no nodes');
    expect(() => readPathTree(whole.subarray(0, -2))).toThrow('ends within');
    expect(() => readPathTree(Buffer.concat([deflateSync(Buffer.alloc(64 << 20)), Buffer.from([1])]))).toThrow();
    expect(() => readPathTree(Buffer.concat([deflateSync('a\0'), Buffer.from([132, 255, 255, 255, 255])]))).toThrow(
      'nodes',
    );
  });

  it('with circles are walked no longer than the path is', () => {
    const circle = readPathTree(
      encoded(
        ['$a', '$b', ''],
        [
          [
            ['$a', 1],
            ['$b', 2],
          ],
          [
            ['$a', 1],
            ['$b', 2],
          ],
          [
            ['$a', 2],
            ['$b', 1],
          ],
        ],
      ),
    );
    expect(circle(Array.from({ length: 5000 }, () => 'x'))).toBe(false);
  });
});
