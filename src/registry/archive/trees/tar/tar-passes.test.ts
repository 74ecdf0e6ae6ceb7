import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { makeTar } from '../../../../../test/registry/archives/make-tar.js';
import { digestOf } from '../../../digest.js';
import { measureLayer } from '../../read/measure-layer.js';
import { gzipLayer } from '../gzip-layer.js';
import { defaultArchiveLimits } from '../limits.js';
import { chunksFrom, packLayer } from '../packed-layer.js';
import { producedTree } from './produced-tree.js';

const content = (letter: string, size: number) => Buffer.alloc(size, letter);
const files = [
  { name: 'a.bin', content: content('a', 2 << 20) },
  { name: 'b.bin', content: content('b', 3 << 20) },
  { name: 'manifest.json', content: Buffer.from('[]') },
  { name: 'c.bin', content: content('c', (2 << 20) + 1) },
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
  const read = await Promise.all(['c.bin', 'a.bin', 'b.bin'].map(async (name) => buffer(await tree.stream(name))));
  expect(read.map((bytes) => [bytes.length, String.fromCharCode(bytes[0] ?? 0)])).toEqual([
    [(2 << 20) + 1, 'c'],
    [2 << 20, 'a'],
    [3 << 20, 'b'],
  ]);
  expect(passes()).toBe(2);
  expect((await buffer(await tree.stream('b.bin', (3 << 20) - 7))).toString()).toBe('b'.repeat(7));
  expect(passes()).toBe(3);
  await tree.close();
});

test('a look at the first bytes of a file begins no pass', async () => {
  const { tree, passes } = await open();
  for await (const chunk of await tree.stream('b.bin')) {
    expect(chunk[0]).toBe('b'.charCodeAt(0));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(passes()).toBe(1);
});

test('a reader that leaves in the middle holds up nobody', async () => {
  const { tree, passes } = await open();
  const left = await tree.stream('a.bin');
  const whole = buffer(await tree.stream('c.bin'));
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
  await expect(Promise.all([buffer(await tree.stream('a.bin')), buffer(await tree.stream('b.bin'))])).rejects.toThrow(
    /^a program: it ended after \d+ bytes, and was longer before$/,
  );
});

test('layers are packed in the first pass, as they are when they are measured and sent', async () => {
  const layers = ['x', 'y'].map((letter) => ({ name: `${letter}/layer.tar`, content: content(letter, (1 << 20) + 7) }));
  const { tree, passes } = await open(() => makeTar(layers));
  for (const { name, content: bytes } of layers) {
    const blob = await buffer(gzipLayer(Readable.from([bytes], { objectMode: false })));
    const packed = tree.packedLayer?.(name);
    expect(packed).toMatchObject({ diffId: digestOf(bytes), digest: digestOf(blob), size: blob.length });
    expect(await buffer(chunksFrom(packed?.chunks ?? [], 5))).toEqual(blob.subarray(5));
    expect(await measureLayer(tree, name, defaultArchiveLimits, undefined)).toMatchObject({ digest: digestOf(blob) });
  }
  expect(passes()).toBe(1);
  await tree.close();
});

test('a layer without room is packed and not kept', async () => {
  const bytes = randomBytes(100_000);
  async function* tar() {
    yield bytes;
  }
  const packed = await packLayer(tar(), 1000);
  expect(packed.chunks).toBeUndefined();
  expect(packed.digest).toBe((await packLayer(tar(), 1 << 20)).digest);
});
