import { type Digest, isDigest } from '../../digest.js';
import type { WantedImages } from '../../lists/image-list.js';
import { type RawManifest, readManifest } from '../../manifest.js';
import { attachmentsOf } from '../../plan/attachments.js';
import { choosePlatforms } from '../../plan/choose-platforms.js';
import { resolveList } from '../../plan/resolve-list.js';
import { type SourceCache, sourceCaches } from '../../plan/source-cache.js';
import { referenceOf, sourceNameOf, targetNameOf, type WantedImage } from '../../plan/wanted-image.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import type { ImageToSave } from './collect-images.js';

interface ListOptions {
  readonly wanted: readonly WantedImages[];
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly attachments: 'all' | 'none';
}

/** Images of a list for an archive, with notices. */
export interface ListToSave {
  readonly images: readonly ImageToSave[];
  readonly notices: readonly string[];
}

/**
 * Prepares the images of a list for an archive: patterns resolved, platforms chosen, attachments added.
 * @throws RegistryError when one of them isn't there: half a list is no use where there is no network
 */
export async function listToSave({ wanted, sourceOf, attachments }: ListOptions): Promise<ListToSave> {
  const { images, unmatched } = await resolveList(wanted, { sourceOf, attachments });
  const [lost] = unmatched;
  if (lost !== undefined) throw lost.error;
  const cacheOf = sourceCaches(sourceOf);
  const each = await Promise.all(images.map((image) => toSave(image, cacheOf(image.source))));
  return { images: each.flatMap((saved) => saved.images), notices: each.flatMap(({ notices }) => notices) };
}

async function toSave(image: WantedImage, source: SourceCache): Promise<ListToSave> {
  const top = await source.manifest(image.repository, referenceOf(image));
  if (top === undefined)
    throw new RegistryError('not-found', `${source.source.name} does not have ${sourceNameOf(image)}`);
  const chosen = image.platforms === undefined ? { raw: top, notes: [] } : await choosePlatforms(top, image, source);
  const from = withManifest(source, chosen.raw);
  const at = { source: from, repository: image.repository };
  const host = source.source.name.includes('/') ? '' : `${source.source.name}/`;
  const named = { ...at, reference: chosen.raw.digest, name: `${host}${targetNameOf(image)}` };
  if (image.attachments === 'none') return { images: [named], notices: chosen.notes };
  const attached: ImageToSave[] = [];
  for (const digest of await digestsIn(chosen.raw, image, source)) {
    for (const { reference, tag } of await attachmentsOf(
      source,
      image.repository,
      digest,
      digest === chosen.raw.digest,
    )) {
      const name = tag === undefined ? undefined : `${host}${image.targetRepository}:${tag}`;
      attached.push({ ...at, reference, name });
    }
  }
  return { images: [named, ...attached], notices: chosen.notes };
}

async function digestsIn(raw: RawManifest, image: WantedImage, source: SourceCache): Promise<Digest[]> {
  const manifest = readManifest(raw, `${source.source.name}/${sourceNameOf(image)}`);
  return [raw.digest, ...(manifest.kind === 'index' ? manifest.manifests.map(({ digest }) => digest) : [])];
}

/** Makes a source that also has a manifest made here: an index of fewer platforms. */
function withManifest({ source }: SourceCache, made: RawManifest): ImageSource {
  return {
    ...source,
    name: source.name,
    manifest: async (repository, reference) =>
      isDigest(reference) && reference === made.digest ? made : source.manifest(repository, reference),
  };
}
