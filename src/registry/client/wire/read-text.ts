import type { Readable } from 'node:stream';
import { RegistryError } from '../../registry-error.js';
import { decodeBytes } from './decode-body.js';
import type { WireAnswer } from './send-request.js';

/** Bytes a second that must come: less, and the whole would take hours that nobody waits for. */
const leastRate = 1024;

/**
 * Reads the whole of a body, up to so many bytes.
 * @param patience milliseconds in which {@link leastRate} must be reached, each time anew
 * @throws RegistryError `protocol` when it is longer; what the stream fails with when it is cut short
 */
export async function readBytes(body: Readable, most: number, patience = 30_000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let before = 0;
  const timer = setInterval(() => {
    const came = length - before;
    if (came < (leastRate * patience) / 1000) {
      body.destroy(new Error(`${came === 0 ? 'no byte' : `only ${came} bytes`} came in ${patience / 1000} s`));
    }
    before = length;
  }, patience);
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) throw new Error('a body of bytes was expected');
      length += chunk.length;
      if (length > most) {
        body.destroy();
        throw new RegistryError('protocol', `an answer of more than ${most} bytes where a small one was expected`);
      }
      chunks.push(chunk);
    }
  } finally {
    clearInterval(timer);
  }
  return Buffer.concat(chunks);
}

/** Reads the whole body of an answer as {@link readBytes} does, and decodes it. */
export async function readDecoded({ body, headers }: WireAnswer, most: number, patience?: number): Promise<Buffer> {
  return decodeBytes(await readBytes(body, most, patience), headers, most);
}

/** Reads the whole body of an answer as text. */
export async function readText(answer: WireAnswer, most: number, patience?: number): Promise<string> {
  return (await readDecoded(answer, most, patience)).toString('utf8');
}

/** Bytes, and milliseconds, of a body that nobody reads: beyond them its connection costs less to make anew. */
const mostUnread = 64 << 10;
const longestUnread = 5_000;

/**
 * Lets a body go that nobody wants. What is left of a small one is taken in, so that its connection can be used again; one
 * without end is cut, as its request counts as one under way until then.
 */
export function discard(body: Readable): void {
  let length = 0;
  const timer = setTimeout(() => body.destroy(), longestUnread);
  body.once('close', () => clearTimeout(timer));
  body.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > mostUnread) body.destroy();
  });
}
