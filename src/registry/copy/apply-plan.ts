import type { Registry } from '../client/registry.js';
import { countRequests, type RequestCount } from '../client/wire/count-requests.js';
import type { Digest } from '../digest.js';
import type { ImagePlan, LostAttachment, ManifestStep } from '../plan/sync-plan.js';
import { RegistryError } from '../registry-error.js';
import { attachmentResults, uniqueByName } from './attachment-results.js';
import type { BlobTransfers, TransferCount } from './blob-transfers.js';
import { addReferrer, mergeFallbackIndex } from './referrer-tags.js';
import type { ImageError, ImageResult } from './sync-report.js';

type ImageCopyPlan = Extract<ImagePlan, { readonly state: 'missing' | 'differs' }>;

interface ApplyOptions {
  readonly target: Registry;
  readonly transfers: BlobTransfers;
  /** Called as each image ends. */
  readonly ended: (result: ImageResult) => void;
  readonly verify: (plan: ImageCopyPlan) => Promise<void>;
}

/** Images that are worked on beside each other; what they send is limited apart. */
const beside = 64;

/**
 * Copies the images of a plan. One that fails stops no other. @returns a result an image, in their order, and one for
 * everything attached to them that failed
 */
export async function applyPlan(images: readonly ImagePlan[], options: ApplyOptions): Promise<ImageResult[]> {
  const results: ImageResult[] = [];
  const attached: ImageResult[] = [];
  const writer = new ManifestWriter(options.target);
  const queue = images.entries();
  const work = async () => {
    for (const [at, plan] of queue) {
      const lost: LostAttachment[] = [...(plan.lost ?? [])];
      const result = await imageResult(plan, writer, options, lost);
      results[at] = result;
      options.ended(result);
      attached.push(...attachmentResults(plan.image, lost));
    }
  };
  await Promise.all(Array.from({ length: beside }, work));
  const failed = uniqueByName(attached);
  failed.forEach(options.ended);
  return [...results, ...failed];
}

/** @param lost is extended by the attachments that could not be copied */
async function imageResult(
  plan: ImagePlan,
  writer: ManifestWriter,
  options: ApplyOptions,
  lost: LostAttachment[],
): Promise<ImageResult> {
  const nothing = { name: plan.name, bytes: 0, mounted: 0, requests: 0 };
  switch (plan.state) {
    case 'unchanged':
      return { ...nothing, state: 'unchanged', digest: plan.digest };
    case 'failed':
      return { ...nothing, state: 'failed', error: imageError(plan.error) };
    default: {
      const counts: RequestCount & TransferCount = { requests: 0, bytes: 0, mounted: 0 };
      try {
        await countRequests(counts, async () => {
          const manifests = await copyImage(plan, writer, options.transfers, counts, lost);
          await options.verify({ ...plan, manifests });
        });
        const state = plan.state === 'missing' ? 'copied' : 'updated';
        return { name: plan.name, state, digest: plan.digest, ...counts };
      } catch (error) {
        return { name: plan.name, state: 'failed', digest: plan.digest, ...counts, error: imageError(error) };
      }
    }
  }
}

/** Copies what is attached to an image, then itself. @returns the steps that were done: all but those of lost attachments */
async function copyImage(
  { image, manifests }: ImageCopyPlan,
  writer: ManifestWriter,
  transfers: BlobTransfers,
  counts: TransferCount,
  lost: LostAttachment[],
): Promise<ManifestStep[]> {
  const own = manifests.filter(({ attachment }) => attachment === undefined);
  const attached = new Map<string, ManifestStep[]>();
  for (const step of manifests) {
    if (step.attachment !== undefined) attached.set(step.attachment, [...(attached.get(step.attachment) ?? []), step]);
  }
  const copied: ManifestStep[] = [...own];
  const attachments = [...attached].map(async ([reference, steps]) => {
    try {
      await copySteps(steps, image.targetRepository, writer, transfers, counts);
      copied.push(...steps);
    } catch (error) {
      // Where a whole side fails, the image's own content fails as well.
      if (!(error instanceof RegistryError) || error.kind === 'interrupted') throw error;
      lost.push({ reference, error });
    }
  });
  await copySteps(own, image.targetRepository, writer, transfers, counts, attachments);
  return copied;
}

/** @param before what must have ended before a manifest is written */
async function copySteps(
  steps: readonly ManifestStep[],
  targetRepository: string,
  writer: ManifestWriter,
  transfers: BlobTransfers,
  counts: TransferCount,
  before: readonly Promise<void>[] = [],
): Promise<void> {
  const blobs = steps.flatMap((step) => step.blobs);
  const attempt = async () => {
    await allOf([...blobs.map((blob) => transfers.ensure(blob, targetRepository, counts)), ...before]);
    await writer.writeAll(steps, targetRepository);
  };
  try {
    await attempt();
  } catch (error) {
    const isRefused = error instanceof RegistryError && error.status !== undefined && error.status < 500;
    if (!isBlobUnknown(error) && !(isRefused && transfers.believes(blobs, targetRepository))) throw error;
    // Knowledge of the target is out of date (its store was cleaned, the journal is old): retry with requests.
    await transfers.recheck(blobs, targetRepository);
    writer.forget(steps, targetRepository);
    await attempt();
  }
}

function isBlobUnknown(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  return error.codes.some((code) => code === 'MANIFEST_BLOB_UNKNOWN' || code === 'BLOB_UNKNOWN');
}

/** Writer of manifests: each is written after those that it names, and once in a repository. */
class ManifestWriter {
  readonly #written = new Map<string, Promise<void>>();

  readonly #target: Registry;

  constructor(target: Registry) {
    this.#target = target;
  }

  async writeAll(steps: readonly ManifestStep[], repository: string): Promise<void> {
    const last = steps.at(-1);
    const earlier = steps.filter((step) => step !== last);
    await allOf(earlier.map((step) => this.#write(step, steps, repository)));
    if (last !== undefined) await this.#write(last, steps, repository);
  }

  forget(steps: readonly ManifestStep[], repository: string): void {
    for (const step of steps) this.#written.delete(key(step, repository));
  }

  #write(step: ManifestStep, steps: readonly ManifestStep[], repository: string): Promise<void> {
    const at = key(step, repository);
    const under = this.#written.get(at);
    if (under !== undefined) return under;
    const work = this.#put(step, steps, repository);
    this.#written.set(at, work);
    work.catch(() => this.#written.delete(at)); // The next image that needs it retries.
    return work;
  }

  async #put(step: ManifestStep, steps: readonly ManifestStep[], repository: string): Promise<void> {
    const children = new Set<Digest>(step.children);
    const named = steps.filter(({ raw, tag }) => tag === undefined && children.has(raw.digest));
    await allOf(named.map((child) => this.#write(child, steps, repository)));
    const raw = await mergeFallbackIndex(step, this.#target, repository);
    const { subject } = await this.#target.putManifest(repository, step.tag ?? raw.digest, raw);
    if (step.subject !== undefined && !subject) await addReferrer(step, step.subject, steps, this.#target, repository);
  }
}

function key({ raw, tag }: ManifestStep, repository: string): string {
  return `${repository} ${tag ?? ''} ${raw.digest}`;
}

/** Waits for all, then fails with the first that failed: nothing continues in the background. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

/** Makes the error of a report. @throws the error itself when it is no RegistryError: a bug */
export function imageError(error: unknown): ImageError {
  if (!(error instanceof RegistryError)) throw error;
  const { kind, message, hint, status } = error;
  return { kind, message, hint, status };
}
