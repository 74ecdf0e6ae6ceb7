import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

/**
 * Compresses a layer's tar, always in the same way: gzip level 6, no time, no name, no system. The bytes repeat with
 * the same release of Node.
 */
export function gzipLayer(tar: Readable): Readable {
  return Readable.from(compress(tar), { objectMode: false });
}

async function* compress(tar: Readable) {
  const gzip = createGzip({ level: 6, memLevel: 8, chunkSize: 256 * 1024 });
  tar.once('error', (error) => gzip.destroy(error));
  let at = 0;
  try {
    for await (const chunk of tar.pipe(gzip)) {
      if (at <= systemByte && at + chunk.length > systemByte) chunk[systemByte - at] = unknownSystem;
      at += chunk.length;
      yield chunk;
    }
  } finally {
    tar.destroy();
  }
}

/** Byte of gzip's header for the operating system, and the value for none (RFC 1952, section 2.3.1). */
const systemByte = 9;
const unknownSystem = 255;
