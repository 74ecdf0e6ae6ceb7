import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { makeTar } from '../../../../../test/registry/archives/make-tar.js';
import { defaultArchiveLimits } from '../limits.js';
import { producedTree } from './produced-tree.js';

const content = (letter: string, size: number) => Buffer.alloc(size, letter);
const files = [
  { name: 'a.tar', content: content('a', 2 << 20) },
  { name: 'b.tar', content: content('b', 3 << 20) },
  { name: 'manifest.json', content: Buffer.from('[]') },
  { name: 'c.tar', content: content('c', (2 << 20) + 1) },
];

async function open(tar = () => makeTar(files)) {
  let passes = 0;
  const tree = await producedTree(
    {
      open() {
        passes += 1;
        const bytes = tar();
        const pieces = Array.from({ length: Math.ceil(bytes.length / 50_000) }, (_, at) =>
          bytes.subarray(at * 50_000, (at + 1) * 50_000),
        );
        return Readable.from(pieces, { objectMode: false });
      },
    },
    'a program',
    defaultArchiveLimits,
  );
  return { tree, passes: () => passes };
}

test('small files need no further pass, and large ones one for all that are read beside each other', async () => {
  const { tree, passes } = await open();
  expect((await buffer(await tree.stream('manifest.json'))).toString()).toBe('[]');
  expect(passes()).toBe(1);
  const read = await Promise.all(['c.tar', 'a.tar', 'b.tar'].map(async (name) => buffer(await tree.stream(name))));
  expect(read.map((bytes) => [bytes.length, String.fromCharCode(bytes[0] ?? 0)])).toEqual([
    [(2 << 20) + 1, 'c'],
    [2 << 20, 'a'],
    [3 << 20, 'b'],
  ]);
  expect(passes()).toBe(2);
  expect((await buffer(await tree.stream('b.tar', (3 << 20) - 7))).toString()).toBe('b'.repeat(7));
  expect(passes()).toBe(3);
  await tree.close();
});

test('a look at the first bytes of a file begins no pass', async () => {
  const { tree, passes } = await open();
  for await (const chunk of await tree.stream('b.tar')) {
    expect(chunk[0]).toBe('b'.charCodeAt(0));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(passes()).toBe(1);
});

test('a reader that leaves in the middle holds up nobody', async () => {
  const { tree, passes } = await open();
  const left = await tree.stream('a.tar');
  const whole = buffer(await tree.stream('c.tar'));
  let seen = 0;
  for await (const chunk of left) {
    seen += chunk.length;
    if (seen > 200_000) break;
  }
  expect((await whole).length).toBe((2 << 20) + 1);
  expect(passes()).toBe(2);
});

test('a program that prints less than before is an error with its name', async () => {
  let calls = 0;
  const { tree } = await open(() => {
    calls += 1;
    return calls === 1 ? makeTar(files) : makeTar(files).subarray(0, 1 << 20);
  });
  await expect(Promise.all([buffer(await tree.stream('a.tar')), buffer(await tree.stream('b.tar'))])).rejects.toThrow(
    /^a program: it ended after \d+ bytes, and was longer before$/,
  );
});
