import type { Digest } from '../digest.js';
import { checkDepth, type Descriptor } from '../manifest.js';
import type { ContentReader } from './content-reader.js';

const annotation = 'org.opencontainers.image.created';

/**
 * When an image was made, ISO 8601, by its configuration, else by its annotation; of an index, its first platform that
 * says it. Nothing where none does: dates at the beginning of time are what reproducible builds write for none.
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
  const own = readDate(manifest.annotations[annotation]);
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

/** A date in ISO 8601, or nothing. */
export function readDate(text: string | null | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}

/** Whether a manifest of an index is BuildKit's attestation of another: it has no platform to run on. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' || platform?.os === 'unknown';
}
