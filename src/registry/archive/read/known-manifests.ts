import type { Digest } from '../../digest.js';
import { type Descriptor, type Manifest, type RawManifest, readManifest } from '../../manifest.js';
import { mediaTypes } from '../../media-types.js';
import type { Found } from '../../source.js';

export interface KnownManifests {
  readonly manifests: ReadonlyMap<Digest, Found>;
  readonly referrers: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** Manifests that indexes name and the archive doesn't have. */
  readonly absent: readonly Digest[];
}

/**
 * Finds all manifests that the first ones lead to. `where` names the archive in errors.
 * @throws RegistryError as `readManifest`
 */
export async function knownManifests(
  read: (digest: Digest, mediaType: string) => Promise<RawManifest | undefined>,
  first: Iterable<{ readonly digest: Digest; readonly mediaType: string }>,
  where: string,
): Promise<KnownManifests> {
  const manifests = new Map<Digest, Found>();
  const referrers = new Map<Digest, Descriptor[]>();
  const absent = new Set<Digest>();
  const queue = [...first];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (manifests.has(next.digest) || absent.has(next.digest)) continue;
    const raw = await read(next.digest, next.mediaType);
    if (raw === undefined) {
      absent.add(next.digest);
      continue;
    }
    const manifest = readManifest(raw, `${where}: ${next.digest}`);
    const found = { digest: next.digest, mediaType: typeOf(manifest), size: raw.bytes.length };
    manifests.set(next.digest, found);
    if (manifest.kind === 'index') for (const child of manifest.manifests) queue.push(child);
    if (manifest.subject !== undefined) {
      const artifactType = manifest.artifactType ?? (manifest.kind === 'image' ? manifest.config.mediaType : undefined);
      const descriptor = {
        ...found,
        ...(artifactType === undefined ? {} : { artifactType }),
        annotations: { ...manifest.annotations },
      };
      const others = referrers.get(manifest.subject.digest) ?? [];
      others.push(descriptor);
      referrers.set(manifest.subject.digest, others);
    }
  }
  return { manifests, referrers, absent: [...absent] };
}

/** Returns a manifest's type. OCI's need not have one (image-spec, manifest.md), but a header needs it. */
function typeOf({ kind, mediaType }: Manifest): string {
  if (mediaType !== '') return mediaType;
  return kind === 'index' ? mediaTypes.ociIndex : mediaTypes.ociManifest;
}
