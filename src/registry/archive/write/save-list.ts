import { mapInParallel } from '../../../text/in-parallel.js';
import type { AttachmentsMode } from '../../attachments-mode.js';
import { type Digest, isDigest } from '../../digest.js';
import type { WantedImages } from '../../lists/image-list.js';
import { checkDepth, type RawManifest, readManifest } from '../../manifest.js';
import { isIndexType } from '../../media-types.js';
import { attachmentsOf } from '../../plan/attachments.js';
import { choosePlatforms } from '../../plan/choose-platforms.js';
import { resolveList } from '../../plan/resolve/resolve-list.js';
import { type SourceCache, sourceCaches } from '../../plan/source-cache.js';
import { referenceOf, sourceNameOf, targetNameOf, type WantedImage } from '../../plan/wanted-image.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import { type ImageToSave, type LostFromArchive, lostFromArchive } from './collect-images.js';

interface ListOptions {
  readonly wanted: readonly WantedImages[];
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly attachments: AttachmentsMode;
}

/** Images of a list for an archive, with notices. */
export interface ListToSave {
  readonly images: readonly ImageToSave[];
  /** Attachments that could not be read. */
  readonly lost: readonly LostFromArchive[];
  readonly notices: readonly string[];
}

/**
 * Prepares the images of a list for an archive: patterns resolved, platforms chosen, attachments added.
 * @throws RegistryError when one of them isn't there: half a list is no use where there is no network
 */
export async function listToSave({ wanted, sourceOf, attachments }: ListOptions): Promise<ListToSave> {
  // An archive is one target, whichever registries a list sends its images to.
  const all = wanted.map((entry) => ({ ...entry, targetRegistry: undefined }));
  const { images, unmatched } = await resolveList(all, { sourceOf, attachments });
  const [lost] = unmatched;
  if (lost !== undefined) throw lost.error;
  return await imagesToSave(images, sourceOf);
}

/** {@link listToSave} of images that are known. What they share is read once, and what is attached to it is named once. */
export async function imagesToSave(
  images: readonly WantedImage[],
  sourceOf: ListOptions['sourceOf'],
): Promise<ListToSave> {
  const cacheOf = sourceCaches(sourceOf);
  const each = await mapInParallel(images, beside, (image) => toSave(image, cacheOf(image.source)));
  return {
    images: attachedOnce(each.flatMap((saved) => saved.images)),
    lost: each.flatMap(({ lost }) => lost),
    notices: each.flatMap(({ notices }) => notices),
  };
}

/** Leaves out attachments that were named before: of an image with several tags. */
function attachedOnce(images: readonly ImageToSave[]): ImageToSave[] {
  const known = new Set<string>();
  return images.filter(({ source, repository, reference, name, attachedTo }) => {
    const key = `${source.name} ${repository} ${reference} ${name}`;
    if (attachedTo === undefined) return true;
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
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
  if (image.attachments === 'none') return { images: [named], lost: [], notices: chosen.notes };
  const attached: ImageToSave[] = [];
  const lost: LostFromArchive[] = [];
  const subjects = new Set(await digestsIn(chosen.raw, image, source));
  // What is attached is a subject in turn: an iteration over a set takes what is added on the way.
  for (const digest of subjects) {
    const isTop = digest === chosen.raw.digest;
    for (const { reference, tag } of await attachmentsOf(source, image.repository, digest, isTop)) {
      const name = tag === undefined ? undefined : `${host}${image.targetRepository}:${tag}`;
      const attachment = { ...at, reference, name, attachedTo: named.name };
      try {
        const raw = await source.manifest(image.repository, reference);
        if (raw === undefined) {
          const where = `${source.source.name}/${image.repository}${tag === undefined ? '@' : ':'}${reference}`;
          throw new RegistryError('not-found', `${where} is listed, and is not there`);
        }
        for (const each of await digestsIn(raw, image, source)) subjects.add(each);
        attached.push(attachment);
      } catch (error) {
        lost.push(lostFromArchive(attachment, named.name, error));
      }
      if (subjects.size > mostManifests)
        throw new RegistryError('corrupt', `${source.source.name}/${sourceNameOf(image)}: attachments without end`);
    }
  }
  return { images: [named, ...attached], lost, notices: chosen.notes };
}

/** Images that are looked at at one time: the registry's own limit is lower. */
const beside = 64;

/** Manifests of one image, with all that is attached to it. */
const mostManifests = 50_000;

/** Lists a manifest and those below it. */
async function digestsIn(raw: RawManifest, image: WantedImage, source: SourceCache, depth = 0): Promise<Digest[]> {
  const where = `${source.source.name}/${sourceNameOf(image)}`;
  checkDepth(depth, where);
  const manifest = readManifest(raw, where);
  if (manifest.kind === 'image') return [raw.digest];
  const below = await Promise.all(
    manifest.manifests.map(async ({ digest, mediaType }) => {
      const child = isIndexType(mediaType) ? await source.manifest(image.repository, digest) : undefined;
      return child === undefined ? [digest] : digestsIn(child, image, source, depth + 1);
    }),
  );
  return [raw.digest, ...below.flat()];
}

/** Makes a source that also has a manifest made here, an index of fewer platforms, and reads each other one once. */
function withManifest(cache: SourceCache, made: RawManifest): ImageSource {
  const { source } = cache;
  return {
    ...source,
    name: source.name,
    manifest: async (repository, reference) =>
      isDigest(reference) && reference === made.digest ? made : cache.manifest(repository, reference),
  };
}
