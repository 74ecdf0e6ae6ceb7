import { createHash } from 'node:crypto';
import { referrersTag } from '../../registry/attached-tags.js';
import { algorithmOf, type Digest, hexOf } from '../../registry/digest.js';
import { blobsIn, type Descriptor, type Manifest } from '../../registry/manifest.js';
import { mediaTypes } from '../../registry/media-types.js';
import { RegistryError } from '../../registry/registry-error.js';
import { forAMinute, forEver, type PublishedObject, type PublishedTag } from './publication.js';
import type { PublishedImages } from './published-images.js';
import { jsonBytes, smallObject } from './small-object.js';
import type { V2Places } from './v2-places.js';

/** Stage of tags: indexes within indexes are far fewer. */
export const tagStage = 100;
/** Stage of lists: tags, repositories. */
export const listStage = 101;

const blobType = 'application/octet-stream';

/** Makes the objects of blobs, manifests and tags. Manifests come after their blobs, indexes after what they name. */
export async function v2Objects(images: PublishedImages, places: V2Places): Promise<PublishedObject[]> {
  const blobs: PublishedObject[] = [];
  for (const { descriptor, source, repository } of images.blobs.values()) {
    const { digest, size } = descriptor;
    const content = () => source.blob(repository, { digest, size });
    const sha256 = algorithmOf(digest) === 'sha256' ? hexOf(digest) : await sha256Of(await content());
    const object = { stage: 0, contentType: blobType, cacheControl: forEver, isAddressed: true };
    blobs.push({ ...object, key: places.blob(digest), size, sha256, content });
  }
  const manifests = [...images.manifests.values()].map(({ raw, manifest }) =>
    smallObject(
      {
        key: places.manifest(raw.digest, manifest.kind),
        stage: 1 + depthOf(images, raw.digest),
        contentType: raw.mediaType,
        cacheControl: forEver,
        isAddressed: true,
      },
      raw.bytes,
    ),
  );
  const tags = [...images.tags].map(([tag, digest]) => {
    const { raw, manifest } = requireManifest(images, digest);
    const key = places.manifest(tag, manifest.kind);
    const object = { key, stage: tagStage, contentType: raw.mediaType, cacheControl: forAMinute, isAddressed: false };
    return smallObject(object, raw.bytes);
  });
  return [...blobs, ...manifests.sort((a, b) => a.stage - b.stage), ...tags, ...referrerLists(images, places)];
}

/** Lists what a client reads that pulls each tag. */
export function v2Tags(images: PublishedImages, places: V2Places): PublishedTag[] {
  return [...images.tags].map(([tag, digest]) => {
    const top = requireManifest(images, digest).manifest;
    const documents = new Set([places.manifest(tag, top.kind)]);
    const layers = new Set<string>();
    for (const each of belowOf(images, digest)) {
      const { manifest } = requireManifest(images, each);
      documents.add(places.manifest(each, manifest.kind));
      const [config, ...rest] = manifest.kind === 'image' ? blobsIn(manifest) : [];
      if (config !== undefined && images.blobs.has(config.digest)) documents.add(places.blob(config.digest));
      for (const layer of manifest.kind === 'image' ? rest : blobsIn(manifest))
        if (images.blobs.has(layer.digest)) layers.add(places.blob(layer.digest));
    }
    return { tag, documents: [...documents], layers: [...layers].filter((key) => !documents.has(key)) };
  });
}

/** Returns a manifest of a collection. @throws RegistryError `corrupt` where it isn't in it */
export function requireManifest(images: PublishedImages, digest: Digest) {
  const found = images.manifests.get(digest);
  if (found === undefined) throw new RegistryError('corrupt', `the manifest ${digest} is named, and is not there`);
  return found;
}

/** Lists a manifest and those below it, from the top. */
function belowOf(images: PublishedImages, digest: Digest): ReadonlySet<Digest> {
  const found = new Set([digest]);
  // An iteration over a set takes what is added on the way.
  for (const each of found) for (const child of childrenOf(images, each)) found.add(child);
  return found;
}

function childrenOf(images: PublishedImages, digest: Digest): Digest[] {
  const manifest = images.manifests.get(digest)?.manifest;
  return manifest?.kind === 'index' ? manifest.manifests.map((child) => child.digest) : [];
}

function depthOf(images: PublishedImages, digest: Digest): number {
  return childrenOf(images, digest).reduce((most, child) => Math.max(most, 1 + depthOf(images, child)), 0);
}

/**
 * Makes the lists of what points at each manifest (distribution-spec end-12), and the tag that clients read where there is no API
 * for it: a store answers no question, it only has what is asked for.
 */
function referrerLists(images: PublishedImages, places: V2Places): PublishedObject[] {
  const bySubject = new Map<Digest, Descriptor[]>();
  for (const { raw, manifest } of images.manifests.values()) {
    if (manifest.subject === undefined) continue;
    const { digest: subject } = manifest.subject;
    const { digest, mediaType, bytes } = raw;
    const artifactType = artifactTypeOf(manifest);
    const { annotations } = manifest;
    const descriptor = { mediaType, digest, size: bytes.length, annotations, ...(artifactType && { artifactType }) };
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), descriptor]);
  }
  return [...bySubject].flatMap(([subject, descriptors]) => {
    const key = places.referrers(subject);
    if (key === undefined) return [];
    const manifests = descriptors.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
    const bytes = jsonBytes({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
    const object = { stage: tagStage, contentType: mediaTypes.ociIndex, cacheControl: forAMinute, isAddressed: false };
    const tag = referrersTag(subject);
    const keys = images.tags.has(tag) ? [key] : [key, places.manifest(tag, 'index')];
    return keys.map((each) => smallObject({ ...object, key: each }, bytes));
  });
}

/** Returns the type by which referrers are told apart: of an image, that of its configuration (distribution-spec end-12). */
function artifactTypeOf(manifest: Manifest): string | undefined {
  return manifest.artifactType ?? (manifest.kind === 'image' ? manifest.config.mediaType : undefined);
}

async function sha256Of(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}
