import type { RawManifest } from '../manifest.js';
import { RegistryError } from '../registry-error.js';
import { choosePlatforms } from './choose-platforms.js';
import type { ImageComparison } from './compare.js';
import { ManifestCollector } from './manifest-collector.js';
import { noteOtherPlatform } from './other-platform.js';
import type { SourceCache } from './source-cache.js';
import type { ImagePlan } from './sync-plan.js';
import type { TargetView } from './target-view.js';
import { referenceOf, sourceNameOf, targetNameOf, type WantedImage } from './wanted-image.js';

/** Plans what to write for one image: all its manifests, what is attached to them, and the blobs they name. */
export async function planImage(
  image: WantedImage,
  standing: ImageComparison,
  source: SourceCache,
  target: TargetView,
): Promise<ImagePlan> {
  const name = targetNameOf(image);
  if (standing.is === 'unchanged') return { image, name, state: 'unchanged', ...standing };
  const top = await topManifest(image, source);
  const chosen = image.platforms === undefined ? { raw: top, notes: [] } : await choosePlatforms(top, image, source);
  const before = standing.is === 'missing' ? undefined : standing.before;
  const isWhole = standing.is !== 'incomplete';
  const { digest, mediaType } = chosen.raw;
  if (isWhole && digest === before) return { image, name, state: 'unchanged', digest, mediaType };
  const tree = new ManifestCollector(image, source, isWhole ? target : undefined);
  await tree.add(chosen.raw, image.targetTag, 0);
  if (image.attachments !== 'none') await tree.addAttachments();
  return {
    image,
    name,
    state: before === undefined ? 'missing' : 'differs',
    digest,
    before,
    manifests: tree.stepsInOrder(digest),
    lost: tree.lost,
    notes: [
      ...chosen.notes,
      ...(await noteOtherPlatform(chosen.raw, image, source)),
      ...(standing.is === 'incomplete' ? standing.notes : []),
    ],
  };
}

/**
 * Plans what to write for an image that is the same on both sides: what has been attached to it, or to one of its parts,
 * since it was copied.
 */
export async function planLateAttachments(
  unchanged: Extract<ImagePlan, { readonly state: 'unchanged' }>,
  source: SourceCache,
  target: TargetView,
): Promise<ImagePlan> {
  const { image, name, digest, mediaType } = unchanged;
  const tree = new ManifestCollector(image, source, target);
  await tree.addUnchanged(digest, mediaType);
  await tree.addAttachments();
  const manifests = tree.stepsInOrder(digest);
  if (manifests.length === 0) return { ...unchanged, lost: tree.lost };
  const notes = [`${name} is the same, and more is attached to it at ${source.source.name} now`];
  return { image, name, state: 'differs', digest, before: digest, manifests, lost: tree.lost, notes };
}

async function topManifest(image: WantedImage, source: SourceCache): Promise<RawManifest> {
  const raw = await source.manifest(image.repository, referenceOf(image));
  if (raw !== undefined) return raw;
  throw new RegistryError('not-found', `${source.source.name} does not have ${sourceNameOf(image)}`, {
    hint: 'correct the list, or push the image there',
  });
}
