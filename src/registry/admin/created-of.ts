import type { Digest } from '../digest.js';
import { checkDepth, type Descriptor } from '../manifest.js';
import type { ContentReader } from './content-reader.js';
import { createdAnnotation, readDate } from './image-date.js';

/**
 * Returns the date of an image, ISO 8601: of its configuration, else of its annotation; of an index, that of its first
 * platform with a date. Undefined where there is none: reproducible builds write the beginning of time.
 */
export async function createdOf(
  repository: string,
  digest: Digest,
  reader: Pick<ContentReader, 'manifest' | 'config'>,
  asked: Set<Digest> = new Set(),
  depth = 0,
): Promise<string | undefined> {
  checkDepth(depth, `${repository}@${digest}`);
  asked.add(digest);
  const manifest = await reader.manifest(repository, digest);
  const own = readDate(manifest.annotations[createdAnnotation]);
  if (manifest.kind === 'image') {
    return readDate((await reader.config(repository, manifest.config))?.created) ?? own;
  }
  for (const child of manifest.manifests) {
    // What is named twice, by an index or several of them, says no more the second time.
    if (isAttestation(child) || asked.has(child.digest)) continue;
    const created = await createdOf(repository, child.digest, reader, asked, depth + 1);
    if (created !== undefined) return created;
  }
  return own;
}

/** Returns true for a manifest of an index that is BuildKit's attestation of another: it has no platform to run on. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' || platform?.os === 'unknown';
}
