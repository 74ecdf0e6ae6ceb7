import type { Readable } from 'node:stream';
import { RegistryError } from '../registry-error.js';

/**
 * The whole of a body, up to so many bytes.
 * @param patience milliseconds without a byte after which it is given up
 * @throws RegistryError `protocol` when it is longer; what the stream fails with when it is cut short
 */
export async function readBytes(body: Readable, most: number, patience = 30_000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const timer = setTimeout(() => body.destroy(new Error(`no byte came in ${patience / 1000} s`)), patience);
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) throw new Error('a body of bytes was expected');
      timer.refresh();
      length += chunk.length;
      if (length > most) {
        body.destroy();
        throw new RegistryError('protocol', `an answer of more than ${most} bytes where a small one was expected`);
      }
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

/** The same, as text. */
export async function readText(body: Readable, most: number): Promise<string> {
  return (await readBytes(body, most)).toString('utf8');
}
