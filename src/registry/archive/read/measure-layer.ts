import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Digest, finishDigest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import type { FileTree } from '../trees/file-tree.js';
import { gzipLayer } from '../trees/gzip-layer.js';
import { gzipMagic, zstdMagic } from '../trees/layer-magic.js';
import { type ArchiveLimits, isBomb } from '../trees/limits.js';

/** A layer file of an archive without manifests, and the blob that it becomes. */
export interface MeasuredLayer {
  readonly path: string;
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the gzip-compressed tar, as it is uploaded. */
  readonly digest: Digest;
  /** The same, in bytes. */
  readonly size: number;
  /** True for a file that is compressed already, and copied as it is. */
  readonly packed: boolean;
}

/** Reads a layer once, keeping nothing of it. @throws RegistryError `corrupt`, or `unsupported` for zstd */
export async function measureLayer(
  tree: FileTree,
  path: string,
  limits: ArchiveLimits,
  signal: AbortSignal | undefined,
): Promise<MeasuredLayer> {
  const known = tree.packedLayer?.(path);
  if (known !== undefined) return { path, packed: false, diffId: known.diffId, digest: known.digest, size: known.size };
  const magic = await firstBytes(tree, path);
  if (magic.equals(zstdMagic))
    throw new RegistryError('unsupported', `${tree.name}: ${path} is compressed with zstd`, {
      hint: 'save the image as an OCI archive instead (skopeo copy … oci-archive:FILE), which keeps its manifest',
    });
  const packed = magic.subarray(0, 2).equals(gzipMagic);
  const file = countBytes(await tree.stream(path), signal);
  const after = packed ? countBytes(gunzip(file.stream), signal) : countBytes(gzipLayer(file.stream), signal);
  try {
    for await (const _ of after.stream)
      if (packed && isBomb(file.bytes(), after.bytes(), limits))
        throw new RegistryError(
          'corrupt',
          `${tree.name}: ${path} unpacks to more than ${limits.expansion} times its size`,
        );
  } catch (error) {
    if (error instanceof RegistryError || signal?.aborted === true) throw error;
    throw new RegistryError('corrupt', `${tree.name}: could not read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const [tar, blob] = packed ? [after, file] : [file, after];
  return { path, packed, diffId: tar.digest(), digest: blob.digest(), size: blob.bytes() };
}

async function firstBytes(tree: FileTree, path: string): Promise<Buffer> {
  for await (const chunk of await tree.stream(path)) return chunk.subarray(0, zstdMagic.length);
  return Buffer.alloc(0);
}

function gunzip(stream: Readable): Readable {
  const gunzip = createGunzip();
  stream.once('error', (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
}

/** Hashes and counts a stream while it is read. */
function countBytes(source: Readable, signal: AbortSignal | undefined) {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* content() {
    for await (const chunk of source) {
      signal?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    stream: Readable.from(content(), { objectMode: false }),
    bytes: () => bytes,
    digest: () => finishDigest(hash),
  };
}
