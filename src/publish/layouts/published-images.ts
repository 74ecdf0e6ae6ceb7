import { type BlobToSave, collectImages } from '../../registry/archive/write/collect-images.js';
import { imagesToSave } from '../../registry/archive/write/save-list.js';
import type { Digest } from '../../registry/digest.js';
import type { Manifest, RawManifest } from '../../registry/manifest.js';
import { isTag } from '../../registry/names.js';
import type { WantedImage } from '../../registry/plan/wanted-image.js';
import type { ImageSource } from '../../registry/source.js';

/** Images of one repository of a source. */
export interface ImageChoice {
  readonly source: ImageSource;
  readonly repository: string;
  /** Images of this repository, each with the tag that clients pull. */
  readonly images: readonly WantedImage[];
}

/** Content of a choice of images, with all that is attached to them. */
export interface PublishedImages {
  /** Digests by tag: those of cosign's signatures too. */
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, { readonly raw: RawManifest; readonly manifest: Manifest }>;
  readonly blobs: ReadonlyMap<Digest, BlobToSave>;
  readonly notices: readonly string[];
}

/** Reads the manifests of images and of what is attached to them; layers are only named. @throws RegistryError */
export async function collectPublished({ source, images }: ImageChoice): Promise<PublishedImages> {
  const list = await imagesToSave(images, () => source);
  const collection = await collectImages(list.images);
  const byTag = new Map<string, Digest>();
  for (const { name, raw } of collection.images) {
    const tag = name?.slice(name.lastIndexOf(':') + 1) ?? '';
    if (isTag(tag)) byTag.set(tag, raw.digest);
  }
  const lost = [...list.lost, ...collection.lost].map(
    ({ name, error }) => `left out, as it could not be read: ${name}, which is attached to an image: ${error.message}`,
  );
  const foreign = collection.foreign.map(
    (digest) => `the layer ${digest} is had from its own address, and is not published`,
  );
  return { ...collection, tags: byTag, notices: [...list.notices, ...lost, ...foreign] };
}
