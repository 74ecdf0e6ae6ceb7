import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { SourceCache } from './source-cache.js';
import type { TargetView } from './target-view.js';
import { referenceOf, type WantedImage } from './wanted-image.js';

/** Comparison of one image on both sides. */
export type ImageComparison =
  | { readonly is: 'unchanged'; readonly digest: Digest; readonly mediaType: string }
  /** To be copied; `before` is what the target has under that name. */
  | { readonly is: 'missing' }
  | { readonly is: 'differs'; readonly before: Digest }
  /** The same by its name, and not whole: `notes` say what the target has lost. */
  | { readonly is: 'incomplete'; readonly before: Digest; readonly notes: readonly string[] };

/**
 * Compares a list's images on both sides, by a HEAD each; the source isn't asked where the target lacks the image, or has
 * one under a tag that never moves. The
 * first image is looked for alone. When the target lacks it, its catalogue tells which others need no request.
 */
export async function compareImages<T>(
  images: readonly WantedImage[],
  target: TargetView,
  sourceOf: (image: WantedImage) => SourceCache,
  each: (image: WantedImage, standing: Promise<ImageComparison>) => Promise<T>,
): Promise<T[]> {
  const [first, ...others] = images;
  if (first === undefined) return [];
  const repositories = images.map(({ targetRepository }) => targetRepository);
  const begun = compareImage(first, target, sourceOf(first));
  begun.catch(() => undefined); // Told below, or by `each`.
  const [there, had] = await Promise.allSettled([
    target.head(first.targetRepository, first.targetTag ?? first.digest ?? ''),
    begun,
  ]);
  for (const side of [there, had]) if (side.status === 'rejected' && concernsAll(side.reason)) throw side.reason;
  const found = there.status === 'fulfilled' ? there.value : undefined;
  if (found === undefined && others.length > 0) await target.learnRepositories(repositories);
  return Promise.all([
    each(first, begun),
    ...others.map((image) => each(image, compareImage(image, target, sourceOf(image)))),
  ]);
}

/** Returns true for an error that isn't about one image: the other side can't be reached, or not be trusted. */
function concernsAll(error: unknown): boolean {
  return !(error instanceof RegistryError) || ['unreachable', 'tls', 'interrupted'].includes(error.kind);
}

async function compareImage(image: WantedImage, target: TargetView, source: SourceCache): Promise<ImageComparison> {
  const { targetRepository, targetTag, digest, platforms } = image;
  const reference = targetTag ?? digest ?? '';
  if (target.isNew(targetRepository)) return { is: 'missing' };
  const there = target.head(targetRepository, reference);
  if (target.isUnlisted(targetRepository) && (await there) === undefined) return { is: 'missing' };
  if (image.isImmutable === true) {
    const found = await there;
    return found === undefined
      ? { is: 'missing' }
      : { is: 'unchanged', digest: found.digest, mediaType: found.mediaType };
  }
  if (digest !== undefined || platforms !== undefined) {
    const found = await there;
    if (found === undefined) return { is: 'missing' };
    return found.digest === digest && platforms === undefined
      ? { is: 'unchanged', digest: found.digest, mediaType: found.mediaType }
      : { is: 'differs', before: found.digest };
  }
  const wanted = source.head(image.repository, referenceOf(image));
  const [found, had] = await Promise.all([there, wanted]);
  if (found === undefined) return { is: 'missing' };
  return had?.digest === found.digest
    ? { is: 'unchanged', digest: found.digest, mediaType: found.mediaType }
    : { is: 'differs', before: found.digest };
}
