import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Digest, finishDigest } from '../../digest.js';
import { gzipLayer } from './gzip-layer.js';

/** A layer as it is uploaded, made while its tar went by. */
export interface PackedLayer {
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the gzip-compressed tar. */
  readonly digest: Digest;
  /** The same, in bytes. */
  readonly size: number;
  /** The compressed tar; undefined where it was too large to be kept. */
  readonly chunks: readonly Buffer[] | undefined;
}

/** Packs a tar as {@link gzipLayer} does. @param room bytes of it that may be kept */
export async function packLayer(tar: AsyncIterable<Buffer>, room: number): Promise<PackedLayer> {
  const [raw, packed] = [createHash('sha256'), createHash('sha256')];
  async function* hashed() {
    for await (const chunk of tar) {
      raw.update(chunk);
      yield chunk;
    }
  }
  let size = 0;
  let chunks: Buffer[] | undefined = [];
  for await (const chunk of gzipLayer(Readable.from(hashed(), { objectMode: false, highWaterMark: 1 << 20 }))) {
    packed.update(chunk);
    size += chunk.length;
    if (size > room) chunks = undefined;
    else chunks?.push(chunk);
  }
  return { diffId: finishDigest(raw), digest: finishDigest(packed), size, chunks };
}

/** Streams a packed layer from a byte on. */
export function chunksFrom(chunks: readonly Buffer[], from: number): Readable {
  let skipped = 0;
  const rest = chunks.flatMap((chunk) => {
    const at = Math.max(0, from - skipped);
    skipped += chunk.length;
    return at >= chunk.length ? [] : [chunk.subarray(at)];
  });
  return Readable.from(rest, { objectMode: false });
}
