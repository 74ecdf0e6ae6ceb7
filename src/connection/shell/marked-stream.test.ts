import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { MarkedStream, newToken } from './marked-stream.js';

/** Reads all marks of what comes in these pieces, with what stands before each. */
async function read(token: string, pieces: readonly (string | Buffer)[]) {
  const source = new PassThrough({ highWaterMark: 1 << 30 });
  const stream = new MarkedStream(source);
  const found: [data: string, mark: string | undefined][] = [];
  let copied = 0;
  for (const piece of pieces) source.write(piece);
  source.end();
  for (;;) {
    const data: Buffer[] = [];
    const mark = await stream.until(token, (chunk) => {
      copied += chunk.length;
      data.push(chunk);
    });
    found.push([Buffer.concat(data).toString('latin1'), mark]);
    if (mark === undefined) return { found, copied };
  }
}

it('finds marks wherever the pieces end', async () => {
  const text = 'before T 12;between T;T x;TT y;no T';
  for (const size of [1, 2, 3, 5, 40]) {
    const { found } = await read('T', text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []);
    expect(found).toEqual([
      ['before ', '12'],
      ['between ', ''],
      ['', 'x'],
      ['', 'T y'],
      ['no T', undefined],
    ]);
  }
});

it('takes a token whose mark never ends for output: all that came behind it was kept and searched again', async () => {
  const token = newToken();
  const pieces = [`a ${token}`, ...Array(3000).fill('x'.repeat(1000)), `${token} 7;`, 'rest'];
  const { found, copied } = await read(token, pieces);
  expect(found.map(([data, mark]) => [data.length, mark])).toEqual([
    [2 + token.length + 3_000_000, '7'],
    [4, undefined],
  ]);
  expect(copied).toBe(2 + token.length + 3_000_000 + 4);
});

it('lets the host wait while nobody reads', async () => {
  const source = new PassThrough();
  const stream = new MarkedStream(source);
  let written = 0;
  const piece = Buffer.alloc(64 * 1024, 'x');
  const write = async () => {
    while (source.write(piece)) {
      written += piece.length;
      await new Promise(setImmediate);
    }
  };
  await write();
  expect(source.isPaused()).toBe(true);
  expect(written).toBeLessThan(2 * 1024 * 1024);
  let given = 0;
  const mark = stream.until('T', (chunk) => {
    given += chunk.length;
  });
  source.end('T 0;');
  expect(await mark).toBe('0');
  expect(given).toBeGreaterThanOrEqual(written);
});
