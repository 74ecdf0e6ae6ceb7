import type { ArchiveSource } from '../../registry/archive/archive-source.js';
import { type BlobToSave, collectImages } from '../../registry/archive/write/collect-images.js';
import { listToSave } from '../../registry/archive/write/save-list.js';
import type { Digest } from '../../registry/digest.js';
import { plainEntry } from '../../registry/lists/entry-fields.js';
import type { WantedTag } from '../../registry/lists/image-list.js';
import type { Manifest, RawManifest } from '../../registry/manifest.js';
import { isTag } from '../../registry/names.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';

/** Images of one repository of a source. */
export interface ImageChoice {
  readonly source: ImageSource;
  readonly repository: string;
  readonly tags: readonly WantedTag[];
}

/** Content of a choice of images, with all that is attached to them. */
export interface PublishedImages {
  /** Digests by tag: those of cosign's signatures too. */
  readonly tags: ReadonlyMap<string, Digest>;
  readonly manifests: ReadonlyMap<Digest, { readonly raw: RawManifest; readonly manifest: Manifest }>;
  readonly blobs: ReadonlyMap<Digest, BlobToSave>;
  readonly notices: readonly string[];
}

/** Tag of an image without a name. */
const usualTag = 'latest';

/**
 * Chooses the images of an archive that are published: those of a repository, or of the only one there is. One without a name gets
 * the tag `latest`.
 * @throws RegistryError `input`
 */
export function chooseArchived(archive: ArchiveSource, wanted: string | undefined): ImageChoice {
  const images = archive.images().filter(({ digest, tag }) => tag !== undefined || !archive.attached.has(digest));
  const names = [...new Set(images.map(({ repository }) => repository ?? ''))].sort();
  const [only, ...others] = wanted === undefined ? names : names.filter((name) => name === wanted);
  if (only === undefined)
    throw new RegistryError('input', `${archive.name} has no image${wanted === undefined ? '' : ` of ${wanted}`}`, {
      hint: names.length === 0 ? 'save one in it' : `choose one of its repositories: ${quoteSome(names)}`,
    });
  if (others.length > 0)
    throw new RegistryError(
      'input',
      `${archive.name} has images of ${names.length} repositories: ${quoteSome(names)}`,
      {
        hint: 'choose one of them with --repository',
      },
    );
  const chosen = images.filter(({ repository }) => (repository ?? '') === only);
  const untagged = new Set(chosen.flatMap(({ tag, digest }) => (tag === undefined ? [digest] : [])));
  for (const { tag, digest } of chosen) if (tag !== undefined) untagged.delete(digest);
  if (untagged.size > 1)
    throw new RegistryError('input', `${archive.name} has ${untagged.size} images without a tag`, {
      hint: 'publish them from archives of their own',
    });
  const tags = new Map(chosen.map(({ tag = usualTag, digest }) => [tag, digest]));
  return {
    source: archive,
    repository: only,
    tags: [...tags].map(([tag, digest]) => ({ tag: undefined, digest, targetTag: tag })),
  };
}

/** Chooses images of a registry: one tag or digest, or all tags of a repository. */
export async function chooseFromRegistry(
  source: ImageSource,
  repository: string,
  { tag, digest }: { readonly tag: string | undefined; readonly digest: Digest | undefined },
): Promise<ImageChoice> {
  if (tag !== undefined || digest !== undefined)
    return { source, repository, tags: [{ tag, digest, targetTag: tag ?? usualTag }] };
  const tags = await source.tags(repository);
  return { source, repository, tags: tags.map((each) => ({ tag: each, digest: undefined, targetTag: undefined })) };
}

/** Reads the manifests of images and of what is attached to them; layers are only named. @throws RegistryError */
export async function collectPublished({ source, repository, tags }: ImageChoice): Promise<PublishedImages> {
  const wanted = { ...plainEntry(repository, undefined), target: 'x', tags };
  const list = await listToSave({ wanted: [wanted], sourceOf: () => source, attachments: 'all' });
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

function quoteSome(names: readonly string[]): string {
  const some = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 300)));
  return `${some.join(', ')}${names.length > some.length ? ` and ${names.length - some.length} more` : ''}`;
}
