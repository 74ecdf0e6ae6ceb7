import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { type Manifest, readManifest } from '../manifest.js';
import type { ImageSource } from '../source.js';

/** Parts of an index that are looked into for the image of an engine. */
const mostParts = 32;

/**
 * Tells whether a registry has, under a tag, the image that an engine knows by an id: the digest of its configuration, or
 * of its manifest. An index has it when one of its parts is that image.
 * @returns the digest under the tag, or undefined
 */
export async function holdsImage(
  registry: Registry,
  repository: string,
  tag: string,
  id: string,
): Promise<Digest | undefined> {
  const raw = await registry.manifest(repository, tag);
  if (raw === undefined) return undefined;
  const ids = await imageIds(
    registry,
    repository,
    raw.digest,
    readManifest(raw, `${registry.host}/${repository}:${tag}`),
  );
  return ids.includes(id) ? raw.digest : undefined;
}

/** Lists the ids by which engines may know an image: digests of its manifest, of those of an index, of configurations. */
export async function imageIds(
  source: Pick<ImageSource, 'manifest' | 'name'>,
  repository: string,
  digest: Digest,
  manifest: Manifest,
): Promise<string[]> {
  if (manifest.kind === 'image') return [digest, manifest.config.digest];
  const parts = manifest.manifests.filter(({ platform }) => platform?.os !== 'unknown').slice(0, mostParts);
  const ids = await Promise.all(
    parts.map(async ({ digest: part }) => {
      const raw = await source.manifest(repository, part);
      if (raw === undefined) return [];
      const read = readManifest(raw, `${source.name}/${repository}@${part}`);
      return read.kind === 'image' ? [part, read.config.digest] : [part];
    }),
  );
  return [digest, ...ids.flat()];
}
