import { matchesPlatform } from '../lists/platforms.js';
import {
  type Descriptor,
  type Platform,
  platformText,
  type RawManifest,
  rawManifest,
  readManifest,
} from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import type { SourceCache } from './source-cache.js';
import { sourceNameOf, targetNameOf, type WantedImage } from './wanted-image.js';

interface ChosenManifest {
  readonly raw: RawManifest;
  readonly notes: readonly string[];
}

/**
 * Returns the manifest for a choice of an index's platforms: the index when all are chosen, the one image when one is that
 * has no attestation, else a smaller index, with another digest. Attestations of chosen images stay with them. A single image is returned
 * as it is.
 * @throws RegistryError when a platform isn't there
 */
export async function choosePlatforms(
  top: RawManifest,
  image: WantedImage,
  source: SourceCache,
): Promise<ChosenManifest> {
  const wanted = image.platforms ?? [];
  const where = `${source.source.name}/${sourceNameOf(image)}`;
  const index = readManifest(top, where);
  if (index.kind !== 'index') return { raw: top, notes: [] };
  const images = index.manifests.filter(({ platform }) => platform !== undefined && platform.os !== 'unknown');
  const chosen = images.filter(({ platform }) =>
    wanted.some((each) => platform !== undefined && matchesPlatform(each, platform)),
  );
  const absent = wanted.filter(
    (each) => !images.some(({ platform }) => platform !== undefined && matchesPlatform(each, platform)),
  );
  if (absent.length > 0) {
    const has = images.flatMap(({ platform }) => (platform === undefined ? [] : [platformText(platform as Platform)]));
    throw new RegistryError('not-found', `${where} is not there for ${absent.join(', ')}`, {
      hint:
        has.length === 0
          ? 'its index names no platforms; list it without `platforms` (--platform)'
          : `it has ${[...new Set(has)].join(', ')}`,
    });
  }
  if (chosen.length === images.length) return { raw: top, notes: [] };
  const [only, ...more] = chosen;
  const of = `${chosen.length} of ${images.length} platforms`;
  const attested = attestations(index.manifests, chosen);
  const isAlone = attested.length === 0 || image.attachments === 'none';
  if (only !== undefined && more.length === 0 && isAlone) {
    const raw = await source.manifest(image.repository, only.digest);
    if (raw === undefined) throw new RegistryError('not-found', `${where} names ${only.digest}, which is not there`);
    return { raw, notes: [`${targetNameOf(image)}: ${of}: the image itself, not the index ${top.digest}`] };
  }
  const raw = subset(top, new Set([...chosen, ...attested].map(({ digest }) => digest)));
  return { raw, notes: [`${targetNameOf(image)}: ${of}: the index is ${raw.digest}, the source's is ${top.digest}`] };
}

/** Finds the attestations that BuildKit adds to an index as `unknown/unknown` (vnd.docker.reference.digest). */
function attestations(all: readonly Descriptor[], chosen: readonly Descriptor[]): Descriptor[] {
  const digests = new Set<string>(chosen.map(({ digest }) => digest));
  return all.filter(({ annotations }) => digests.has(annotations?.['vnd.docker.reference.digest'] ?? ''));
}

/** Makes an index with some of the manifests only, all else as it was. */
function subset(top: RawManifest, digests: ReadonlySet<string>): RawManifest {
  const index: { manifests: { digest: string }[] } = JSON.parse(Buffer.from(top.bytes).toString('utf8'));
  const manifests = index.manifests.filter(({ digest }) => digests.has(digest));
  return rawManifest(Buffer.from(JSON.stringify({ ...index, manifests })), top.mediaType);
}
