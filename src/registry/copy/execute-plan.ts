import { untag } from '../admin/remove-tag.js';
import type { OpenedRegistry } from '../client/open.js';
import { countRequests, type RequestCount } from '../client/wire/count-requests.js';
import type { Digest } from '../digest.js';
import type { ImagePlan, Prune, SyncPlan } from '../plan/sync-plan.js';
import type { ImageSource } from '../source.js';
import { applyPlan, imageError } from './apply-plan.js';
import type { BlobMover, BlobOrigin } from './blob-mover.js';
import { BlobTransfers } from './blob-transfers.js';
import type { Journal } from './journal.js';
import type { ImageResult } from './sync-report.js';
import { Verifier, type VerifyLevel } from './verify.js';

/** Options of {@link executePlan}. */
export interface ExecuteOptions {
  readonly sourceOf: (name: string | undefined) => ImageSource;
  readonly verify?: VerifyLevel;
  readonly ended?: (result: ImageResult) => void;
  readonly target: OpenedRegistry;
  readonly journal: Journal;
  readonly mover: BlobMover;
  /** Counts the requests that verify. */
  readonly verifying?: RequestCount;
}

/** Executes a plan: copies what is missing, verifies, prunes. One image that fails stops no other. */
export async function executePlan(plan: SyncPlan, options: ExecuteOptions): Promise<ImageResult[]> {
  const {
    verify = 'copied',
    ended = () => {},
    target,
    journal,
    mover,
    sourceOf,
    verifying = { requests: 0 },
  } = options;
  const origins = new Map<Digest, BlobOrigin>(
    plan.blobs.map(({ blob, source, sourceRepository }) => [
      blob.digest,
      { source: sourceOf(source), repository: sourceRepository },
    ]),
  );
  const originOf = (digest: Digest) => {
    const origin = origins.get(digest);
    if (origin === undefined) throw new Error(`no origin is planned for ${digest}`);
    return origin;
  };
  const transfers = new BlobTransfers({ target, plan: plan.blobs, mover, journal, originOf });
  const verifier = new Verifier(target, verify);
  const results = await applyPlan(plan.images, {
    target,
    transfers: transfers,
    ended,
    verify: async ({ manifests, image, digest }) => {
      if (verify === 'none') return;
      try {
        await countRequests(verifying, () => verifier.verifyWritten(manifests, image.targetRepository));
      } catch (error) {
        journal.recordUnverified(image.targetRepository, image.targetTag ?? digest);
        throw error;
      }
    },
  });
  const whole =
    verify !== 'present' && verify !== 'deep'
      ? results
      : await countRequests(verifying, () =>
          Promise.all(
            results.map(async (result, at) => {
              const verified = await verifyResult(result, plan.images[at], verifier, journal);
              if (verified !== result) ended(verified);
              return verified;
            }),
          ),
        );
  return [...whole, ...(await pruneAll(plan, whole, target, ended))];
}

/** Deletes the tags of the plan, once all its images are there. */
async function pruneAll(
  { prunes }: SyncPlan,
  results: readonly ImageResult[],
  target: OpenedRegistry,
  ended: (result: ImageResult) => void,
): Promise<ImageResult[]> {
  if (results.some(({ state }) => state === 'failed')) return [];
  const pruned: ImageResult[] = [];
  for (const prune of prunes) {
    const result = await pruneOne(prune, target);
    ended(result);
    pruned.push(result);
  }
  return pruned;
}

async function pruneOne({ repository, tag }: Prune, target: OpenedRegistry): Promise<ImageResult> {
  const counts = { requests: 0 };
  const result = { name: `${repository}:${tag}`, bytes: 0, mounted: 0 };
  try {
    await countRequests(counts, () => untag(target, repository, tag));
    return { ...result, ...counts, state: 'pruned' };
  } catch (error) {
    return { ...result, ...counts, state: 'failed', error: imageError(error) };
  }
}

async function verifyResult(
  result: ImageResult,
  plan: ImagePlan | undefined,
  verifier: Verifier,
  journal: Journal,
): Promise<ImageResult> {
  if (result.state === 'failed' || result.digest === undefined || plan === undefined) return result;
  if (result.state === 'unchanged') return result; // It was looked into when it was planned.
  const { targetRepository, targetTag } = plan.image;
  const reference = targetTag ?? result.digest;
  try {
    await verifier.verifyImage(targetRepository, reference, result.digest);
    return result;
  } catch (error) {
    journal.recordUnverified(targetRepository, reference);
    return { ...result, state: 'failed', error: imageError(error) };
  }
}
