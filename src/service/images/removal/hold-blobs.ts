import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Registry } from '../../../registry/client/registry.js';
import { type Digest, digestOf } from '../../../registry/digest.js';
import { keptUntilAnnotation } from '../../../registry/kept-until.js';
import { blobsIn, type Descriptor, type RawManifest, rawManifest, readManifest } from '../../../registry/manifest.js';
import { mediaTypes } from '../../../registry/media-types.js';
import { RegistryError } from '../../../registry/registry-error.js';

const emptyObject = Buffer.from('{}');
const empty = { digest: digestOf(emptyObject), size: emptyObject.length };

/** Blobs that one holder names at most: registries refuse larger manifests. */
const mostBlobs = 5000;

/**
 * Writes a manifest that names the blobs of others, so that no collection of garbage takes them once those are deleted: it has
 * no tag, and can't be pulled as an image. The embedded registry keeps it even where it deletes what has no tag, until its time.
 * @returns its digest; undefined where the registry takes none
 */
export async function holdBlobs(
  registry: Registry,
  repository: string,
  manifests: readonly RawManifest[],
  until: number,
): Promise<Digest | undefined> {
  const blobs = blobsOf(manifests);
  if (blobs.length === 0 || blobs.length > mostBlobs) return undefined;
  try {
    if (!(await registry.hasBlob(repository, empty.digest))) {
      await registry.putBlob(repository, empty, async () => Readable.from([emptyObject]));
    }
    const holder = holderOf(blobs, until);
    await registry.putManifest(repository, holder.digest, holder);
    return holder.digest;
  } catch (error) {
    // One of its blobs is gone already, or it takes no such manifest: then the deletion can be undone as long as nothing is collected.
    const isRefusal = error instanceof RegistryError && (error.status ?? 500) < 500 && error.kind !== 'rate-limited';
    if (!isRefusal) throw error;
    return undefined;
  }
}

/** Lists the blobs that manifests need of their registry, each once: some layers are elsewhere by intent. */
export function blobsOf(manifests: readonly RawManifest[]): Descriptor[] {
  const blobs = new Map<Digest, Descriptor>();
  for (const raw of manifests) {
    for (const blob of blobsIn(readManifest(raw, raw.digest))) {
      if (blob.urls === undefined || blob.urls.length === 0) blobs.set(blob.digest, blob);
    }
  }
  return [...blobs.values()];
}

function holderOf(blobs: readonly Descriptor[], until: number): RawManifest {
  const body = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociEmpty, ...empty },
    layers: blobs.map(({ digest, size }) => ({ mediaType: 'application/octet-stream', digest, size })),
    annotations: { 'provision.holder': randomUUID(), [keptUntilAnnotation]: new Date(until).toISOString() },
  };
  return rawManifest(Buffer.from(JSON.stringify(body)));
}
