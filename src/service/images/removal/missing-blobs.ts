import type { OpenedRegistry } from '../../../registry/client/open.js';
import type { RawManifest } from '../../../registry/manifest.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { blobsOf } from './hold-blobs.js';

/** Blobs that are asked for at a time. */
const atOnce = 8;

/** Returns the blobs of manifests that a registry lacks. */
export async function missingBlobs(
  registry: OpenedRegistry,
  repository: string,
  manifests: readonly RawManifest[],
): Promise<string[]> {
  const blobs = blobsOf(manifests);
  const missing: string[] = [];
  for (let at = 0; at < blobs.length; at += atOnce) {
    const some = blobs.slice(at, at + atOnce);
    const there = await Promise.all(
      some.map(async ({ digest, size }) => {
        if (!(await registry.hasBlob(repository, digest))) return false;
        // docker-registry remembers blobs that a collection beside it has deleted: a byte of it shows that it is there.
        return size === 0 || (await hasFirstByte(registry, repository, digest));
      }),
    );
    missing.push(...some.flatMap(({ digest }, index) => (there[index] === true ? [] : [digest])));
  }
  return missing;
}

async function hasFirstByte(
  registry: OpenedRegistry,
  repository: string,
  digest: Parameters<OpenedRegistry['blobPart']>[1],
): Promise<boolean> {
  try {
    const body = await registry.blobPart(repository, digest, 0, 0);
    for await (const _chunk of body) break;
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'not-found') return false;
    throw error;
  }
}
