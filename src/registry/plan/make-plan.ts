import { countRequests } from '../client/wire/count-requests.js';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import { compareImages, type ImageComparison } from './compare.js';
import { planImage, planLateAttachments } from './image-tree.js';
import { planBlobs } from './plan-blobs.js';
import type { SourceCache } from './source-cache.js';
import type { ImagePlan, SyncPlan } from './sync-plan.js';
import type { TargetView } from './target-view.js';
import { type ResolvedList, targetNameOf, type WantedImage } from './wanted-image.js';

/** Looks into an image that is the same on both sides by its name, for what the target has lost of it. */
export type LostOf = (
  image: WantedImage,
  digest: Digest,
) => Promise<readonly { readonly digest: Digest; readonly why: string }[]>;

/** Ways to look at what the target has already. */
export interface PlanLook {
  /** Default: nothing is lost. */
  readonly lostOf?: LostOf;
  /** Writes all manifests again, and what they name where it is lost, whatever the target says it has. */
  readonly repair?: boolean;
}

/**
 * Plans all that a sync will do, and copies nothing. The error of one image is part of the plan. An error of a whole side,
 * which doesn't answer or refuses the account, is thrown.
 */
export async function makePlan(
  { images }: ResolvedList,
  target: TargetView,
  sourceOf: (image: WantedImage) => SourceCache,
  { lostOf = async () => [], repair = false }: PlanLook = {},
): Promise<SyncPlan> {
  const forAttachments = { requests: 0 };
  const plans = await compareImages(images, target, sourceOf, async (image, standing): Promise<ImagePlan> => {
    try {
      const compared = await standing;
      const mends = repair && compared.is === 'differs';
      const found: ImageComparison = mends ? { is: 'incomplete', before: compared.before, notes: [] } : compared;
      const planned = await planImage(image, found, sourceOf(image), target);
      if (planned.state !== 'unchanged') return planned;
      const lost = await lostOf(image, planned.digest);
      if (lost.length === 0 && !repair) {
        if (image.attachments !== 'all' || image.isImmutable === true) return planned;
        return await countRequests(forAttachments, () => planLateAttachments(planned, sourceOf(image), target));
      }
      for (const { digest } of lost) target.markLost(digest);
      const notes = lost.map(({ why }) => `${planned.name} is sent again: ${why}`);
      return await planImage(image, { is: 'incomplete', before: planned.digest, notes }, sourceOf(image), target);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === 'interrupted') throw error;
      return { image, name: targetNameOf(image), state: 'failed', error };
    }
  });
  const blobs = await planBlobs(plans, target);
  const notices = plans.flatMap((plan) => (plan.state === 'missing' || plan.state === 'differs' ? plan.notes : []));
  return {
    images: plans,
    blobs,
    prunes: [],
    totals: { ...totalsOf(plans, blobs), requestsForAttachments: forAttachments.requests },
    notices,
  };
}

function totalsOf(
  images: readonly ImagePlan[],
  blobs: SyncPlan['blobs'],
): Omit<SyncPlan['totals'], 'requestsForAttachments'> {
  const uploads = blobs.filter(({ upload }) => upload !== undefined);
  return {
    uploads: uploads.length,
    mounts: blobs.reduce((sum, { mounts }) => sum + mounts.length, 0),
    manifests: images.reduce(
      (sum, plan) => sum + (plan.state === 'missing' || plan.state === 'differs' ? plan.manifests.length : 0),
      0,
    ),
    bytes: uploads.reduce((sum, { blob }) => sum + blob.size, 0),
  };
}
