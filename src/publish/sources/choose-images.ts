import type { ArchiveSource } from '../../registry/archive/archive-source.js';
import type { Pattern } from '../../registry/lists/image-list.js';
import { filterOf, matcherOf, patternText } from '../../registry/lists/pattern.js';
import { referenceOf, sourceNameOf, type WantedImage } from '../../registry/plan/wanted-image.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ImageSource } from '../../registry/source.js';
import { mapInParallel } from '../../text/in-parallel.js';
import type { ImageChoice } from '../layouts/published-images.js';

/** Tag of an image without a name. */
const usualTag = 'latest';
/** Images that are asked for at one time: the registry's own limit is lower. */
const beside = 64;

/**
 * Chooses the images of an archive that are published: those of a repository, or of the only one there is. One without a name gets
 * the tag `latest`.
 * @param patterns those of the tags. Default: all
 * @throws RegistryError `input`, `not-found` for a pattern that matches no tag
 */
export function chooseArchived(
  archive: ArchiveSource,
  wanted: string | undefined,
  patterns: readonly Pattern[] = [],
): ImageChoice {
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
  const digests = new Map(chosen.map(({ tag = usualTag, digest }) => [tag, digest]));
  const tags = chooseTags([...digests.keys()], patterns, `${archive.name}${only === '' ? '' : `: ${only}`}`);
  return {
    source: archive,
    repository: only,
    images: tags.map((tag) => imageOf(only, { tag: undefined, digest: digests.get(tag) }, tag)),
  };
}

/**
 * Chooses images of a registry: one tag or digest, or all tags of a repository, or those that match patterns.
 * @throws RegistryError `not-found` for a pattern that matches no tag
 */
export async function chooseFromRegistry(
  source: ImageSource,
  repository: string,
  { tag, digest }: Pick<WantedImage, 'tag' | 'digest'>,
  patterns: readonly Pattern[],
): Promise<ImageChoice> {
  if (tag !== undefined || digest !== undefined)
    return { source, repository, images: [imageOf(repository, { tag, digest }, tag ?? usualTag)] };
  const tags = chooseTags(await source.tags(repository), patterns, `${source.name}/${repository}`);
  const listed = tags.map((each) => imageOf(repository, { tag: each, digest: undefined }, each));
  const images = await pinImages(
    listed,
    () => source,
    (error) => {
      throw error;
    },
  );
  return { source, repository, images };
}

/**
 * Asks for the digest of each image: what several tags name is read once, by its digest.
 * @param missing receives an error for each that is not there
 * @returns those that are there
 */
export async function pinImages(
  images: readonly WantedImage[],
  sourceOf: (name: string | undefined) => ImageSource,
  missing: (error: RegistryError, image: WantedImage) => void,
): Promise<WantedImage[]> {
  const pinned = await mapInParallel(images, beside, async (image) => {
    const source = sourceOf(image.source);
    const found = await source.head(image.repository, referenceOf(image));
    if (found !== undefined) return [{ ...image, digest: found.digest }];
    missing(new RegistryError('not-found', `${source.name} does not have ${sourceNameOf(image)}`), image);
    return [];
  });
  return pinned.flat();
}

/** Chooses the tags that match one of the patterns; all where there is none. @throws RegistryError `not-found` */
function chooseTags(tags: readonly string[], patterns: readonly Pattern[], where: string): readonly string[] {
  if (tags.length === 0) throw new RegistryError('not-found', `${where} has no tags`);
  const unmatched = patterns.filter((pattern) => !tags.some(matcherOf(pattern))).map(patternText);
  if (unmatched.length === 0) return tags.filter(filterOf(patterns, []));
  throw new RegistryError('not-found', `no tag of ${where} matches ${quoteSome(unmatched)}`, {
    hint: `choose from those that are there: ${quoteSome(tags)}`,
  });
}

function imageOf(
  repository: string,
  { tag, digest }: Pick<WantedImage, 'tag' | 'digest'>,
  targetTag: string,
): WantedImage {
  const image = { source: undefined, repository, tag, digest, targetRepository: 'x', targetTag };
  return { ...image, platforms: undefined, attachments: 'all', place: undefined };
}

function quoteSome(names: readonly string[]): string {
  const some = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 300)));
  return `${some.join(', ')}${names.length > some.length ? ` and ${names.length - some.length} more` : ''}`;
}
