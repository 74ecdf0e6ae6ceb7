import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { BlobName } from '../source.js';
import type { BlobPlan, ImagePlan } from './sync-plan.js';
import type { TargetView } from './target-view.js';

interface NeededBlob {
  readonly blob: BlobName;
  readonly source: string | undefined;
  readonly sourceRepository: string;
  readonly repositories: Set<string>;
}

/**
 * Plans the uploads of blobs, each once, and the mounts into other repositories. The target is asked for a blob only
 * where the repository was there before and no earlier run is known to have uploaded it.
 */
export async function planBlobs(images: readonly ImagePlan[], target: TargetView): Promise<BlobPlan[]> {
  const needs = new Map<Digest, NeededBlob>();
  for (const plan of images) {
    if (plan.state !== 'missing' && plan.state !== 'differs') continue;
    for (const blob of plan.manifests.flatMap(({ blobs }) => blobs)) {
      const { source, repository, targetRepository } = plan.image;
      const need = needs.get(blob.digest) ?? { blob, source, sourceRepository: repository, repositories: new Set() };
      need.repositories.add(targetRepository);
      needs.set(blob.digest, need);
    }
  }
  return Promise.all([...needs.values()].map((need) => planBlob(need, target)));
}

async function planBlob(
  { blob, source, sourceRepository, repositories }: NeededBlob,
  target: TargetView,
): Promise<BlobPlan> {
  const checked = await Promise.all(
    [...repositories].map(async (repository) => ({ repository, has: await isThere(repository, blob, target) })),
  );
  const lacking = checked.filter(({ has }) => !has).map(({ repository }) => repository);
  const holder = checked.find(({ has }) => has)?.repository ?? target.finishedIn(blob.digest);
  const [first, ...others] = lacking;
  const at = { blob, source, sourceRepository };
  if (holder !== undefined) return { ...at, upload: undefined, mountFrom: holder, mounts: lacking };
  return { ...at, upload: first, mountFrom: first, mounts: others };
}

/**
 * Looks for a blob at the target. An error counts as missing: the upload then fails for its own image, and for no
 * other.
 */
async function isThere(repository: string, { digest }: BlobName, target: TargetView): Promise<boolean> {
  try {
    return await target.hasBlob(repository, digest);
  } catch (error) {
    if (error instanceof RegistryError && error.kind !== 'interrupted') return false;
    throw error;
  }
}
