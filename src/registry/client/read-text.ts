import type { Readable } from 'node:stream';
import { RegistryError } from '../registry-error.js';

/** The whole of a body, up to so many bytes. @throws RegistryError `protocol` when it is longer */
export async function readBytes(body: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new Error('a body of bytes was expected');
    length += chunk.length;
    if (length > most) {
      body.destroy();
      throw new RegistryError('protocol', `an answer of more than ${most} bytes where a small one was expected`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same, as text. */
export async function readText(body: Readable, most: number): Promise<string> {
  return (await readBytes(body, most)).toString('utf8');
}
