import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  gunzip,
  inflate,
  type ZlibOptions,
} from 'node:zlib';
import { RegistryError } from '../../registry-error.js';

/** A way to read an encoding of content (RFC 9110, 8.4.1). */
interface Decoder {
  readonly decode: (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;
  readonly stream: () => NodeJS.ReadWriteStream & Readable;
}

const gzip: Decoder = { decode: promisify<Buffer, ZlibOptions, Buffer>(gunzip), stream: () => createGunzip() };
const decoders: Readonly<Record<string, Decoder>> = {
  gzip,
  'x-gzip': gzip,
  deflate: { decode: promisify<Buffer, ZlibOptions, Buffer>(inflate), stream: () => createInflate() },
  br: { decode: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress), stream: () => createBrotliDecompress() },
};

/**
 * Returns the content of a body. No encoding is asked for, but some stores and proxies encode all the same; others name
 * an encoding and send the content as it is, or one that says nothing of it (`aws-chunked`): that is returned as it came.
 * @param most bytes
 */
export async function decodeBytes(bytes: Buffer, headers: IncomingHttpHeaders, most: number): Promise<Buffer> {
  const decoder = decoderOf(headers);
  if (decoder === undefined || bytes.length === 0) return bytes;
  try {
    return await decoder.decode(bytes, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return bytes;
    throw new RegistryError('protocol', `an answer of more than ${most} bytes where a small one was expected`);
  }
}

/** Returns the decoded body of an encoded answer; undefined where it isn't encoded. */
export function decodeStream(body: Readable, headers: IncomingHttpHeaders): Readable | undefined {
  const decoder = decoderOf(headers);
  // The reader gets an error of either from what is returned.
  return decoder === undefined ? undefined : pipeline(body, decoder.stream(), () => {});
}

function decoderOf(headers: IncomingHttpHeaders): Decoder | undefined {
  const name = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return Object.hasOwn(decoders, name) ? decoders[name] : undefined;
}
