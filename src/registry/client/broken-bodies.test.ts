import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { hasFirstByte } from './first-byte.js';
import { skipBytes } from './skip-bytes.js';

/** Body whose connection was lost before anybody listened: all its events are over. */
async function brokenBody(): Promise<Readable> {
  const body = new Readable({ read() {} });
  body.destroy();
  await once(body, 'close');
  return body;
}

test('a body that broke off before anybody read it was waited for without end', async () => {
  expect(await hasFirstByte(await brokenBody())).toBe(false);
  await expect(buffer(skipBytes(await brokenBody(), 1))).rejects.toThrow();
});

test('a body has a first byte, or ends without one', async () => {
  expect(await hasFirstByte(Readable.from([Buffer.from('x')]))).toBe(true);
  expect(await hasFirstByte(Readable.from([]))).toBe(false);
});

test('the bytes behind those that are skipped are read', async () => {
  const body = Readable.from([Buffer.from('abc'), Buffer.from('def')]);
  expect(String(await buffer(skipBytes(body, 4)))).toBe('ef');
});
