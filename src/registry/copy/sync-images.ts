import type { OpenedRegistry } from '../client/open.js';
import { counting, type Tally } from '../client/tally.js';
import type { Digest } from '../digest.js';
import type { WantedImages } from '../lists/image-list.js';
import { makePlan } from '../plan/make-plan.js';
import { type Resolved, resolveList } from '../plan/resolve-list.js';
import { SourceCache } from '../plan/source-cache.js';
import type { ImagePlan, SyncPlan } from '../plan/sync-plan.js';
import { TargetView } from '../plan/target-view.js';
import type { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import { applyPlan, imageError } from './apply-plan.js';
import { BlobKeeper } from './blob-keeper.js';
import { type BlobMover, type BlobOrigin, directMover } from './blob-mover.js';
import { Journal } from './journal.js';
import { Spool } from './spool.js';
import { type ImageResult, type SyncReport, totalsOf } from './sync-report.js';
import { Verifier, type VerifyLevel } from './verify.js';

export interface SyncOptions {
  readonly wanted: readonly WantedImages[];
  /** Where images come from, by the name that entries give it; `undefined` is the sync's own. */
  readonly sourceOf: (name: string | undefined) => ImageSource;
  /** Where they go: all of them get the same. */
  readonly targets: readonly OpenedRegistry[];
  /** Default `all`. */
  readonly attachments?: 'all' | 'none';
  /** Default `copied`. */
  readonly verify?: VerifyLevel;
  /** Decide and tell, move nothing. */
  readonly check?: boolean;
  readonly chunkSize?: number;
  /** Path of a target's journal; nothing: none is kept. */
  readonly journalOf?: (target: OpenedRegistry) => string | undefined;
  /** Default: this process. */
  readonly mover?: BlobMover;
  readonly events?: SyncEvents;
}

/** What a caller hears while a sync is under way. */
export interface SyncEvents {
  planned?(target: OpenedRegistry, plan: SyncPlan): void;
  ended?(target: OpenedRegistry, result: ImageResult): void;
}

/** What a sync decided and did, for each target. */
export interface SyncOutcome {
  readonly plan: SyncPlan;
  readonly report: SyncReport;
}

/**
 * Brings a list of images to registries: plans all, moves what lacks, verifies. What is wrong with one image is in the
 * report and stops no other.
 * @throws RegistryError before anything moves: a listing that failed, entries that land on one name, a registry that
 * doesn't answer
 */
export async function syncImages(options: SyncOptions): Promise<SyncOutcome[]> {
  const caches = new Map<ImageSource, SourceCache>();
  const cacheOf = (name: string | undefined) => {
    const source = options.sourceOf(name);
    const cache = caches.get(source) ?? new SourceCache(source);
    caches.set(source, cache);
    return cache;
  };
  const resolved = await resolveList(options.wanted, {
    sourceOf: options.sourceOf,
    attachments: options.attachments ?? 'all',
  });
  expectScopes(resolved, options);
  const spool = options.mover === undefined && options.targets.length > 1 ? new Spool() : undefined;
  const mover = options.mover ?? directMover(spool, options.chunkSize);
  try {
    return await Promise.all(options.targets.map((target) => syncTo(target, resolved, options, cacheOf, mover)));
  } finally {
    await spool?.close();
  }
}

/** One token for all that will be asked. */
function expectScopes(
  { images }: Resolved,
  { sourceOf, targets, check }: Pick<SyncOptions, 'sourceOf' | 'targets' | 'check'>,
): void {
  for (const { source, repository, targetRepository } of images) {
    const from = sourceOf(source);
    if ('expect' in from && typeof from.expect === 'function') from.expect([{ repository, actions: ['pull'] }]);
    for (const target of targets) {
      target.expect([{ repository: targetRepository, actions: check === true ? ['pull'] : ['pull', 'push'] }]);
    }
  }
}

async function syncTo(
  target: OpenedRegistry,
  resolved: Resolved,
  options: SyncOptions,
  cacheOf: (name: string | undefined) => SourceCache,
  mover: BlobMover,
): Promise<SyncOutcome> {
  const began = performance.now();
  const verifying = { requests: 0 };
  const journal = new Journal(options.check === true ? undefined : options.journalOf?.(target));
  const view = new TargetView(target, (digest) => journal.repositories(digest));
  const plan = await makePlan(resolved, view, (image) => cacheOf(image.source));
  options.events?.planned?.(target, plan);
  const images =
    options.check === true
      ? plan.images.map(planned)
      : await carryOut(plan, { ...options, target, journal, mover, verifying });
  const all = [...images, ...resolved.unmatched.map(({ name, error }) => unmatchedResult(name, error))];
  journal.close(all.every(({ state }) => state !== 'failed'));
  const source = cacheOf(undefined).source;
  const report: SyncReport = {
    source: source.name,
    target: target.host,
    images: all,
    notices: plan.notices,
    totals: {
      ...totalsOf(all),
      requestsToSource: 'traffic' in source ? (source as OpenedRegistry).traffic.requests : 0,
      requestsToTarget: target.traffic.requests,
      requestsToVerify: verifying.requests,
      seconds: (performance.now() - began) / 1000,
    },
  };
  return { plan, report };
}

/** {@link planImages} of one target. */
export interface PlanOptions extends Pick<SyncOptions, 'wanted' | 'sourceOf' | 'attachments' | 'check'> {
  readonly target: OpenedRegistry;
  readonly journal: Journal;
}

/** Decides what a sync to one target will do, and moves nothing. What matched nothing fails as an image would. */
export async function planImages({
  wanted,
  sourceOf,
  attachments = 'all',
  target,
  journal,
  check,
}: PlanOptions): Promise<SyncPlan & { readonly unmatched: readonly ImageResult[] }> {
  const caches = new Map<ImageSource, SourceCache>();
  const cacheOf = ({ source: name }: { readonly source: string | undefined }) => {
    const source = sourceOf(name);
    const cache = caches.get(source) ?? new SourceCache(source);
    caches.set(source, cache);
    return cache;
  };
  const resolved = await resolveList(wanted, { sourceOf, attachments });
  expectScopes(resolved, { sourceOf, targets: [target], ...(check === undefined ? {} : { check }) });
  const view = new TargetView(target, (digest) => journal.repositories(digest));
  const plan = await makePlan(resolved, view, cacheOf);
  return { ...plan, unmatched: resolved.unmatched.map(({ name, error }) => unmatchedResult(name, error)) };
}

/** What carrying out a plan needs. */
export interface CarryOutOptions extends Pick<SyncOptions, 'sourceOf' | 'verify' | 'events'> {
  readonly target: OpenedRegistry;
  readonly journal: Journal;
  readonly mover: BlobMover;
  /** Counts the requests that verify. */
  readonly verifying?: Tally;
}

/** Carries out a plan: moves what lacks, verifies. One image that fails stops no other. */
export async function carryOut(plan: SyncPlan, options: CarryOutOptions): Promise<ImageResult[]> {
  const { verify = 'copied', events, target, journal, mover, sourceOf, verifying = { requests: 0 } } = options;
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
  const keeper = new BlobKeeper({ target, plan: plan.blobs, mover, journal, originOf });
  const verifier = new Verifier(target, verify === 'deep');
  const results = await applyPlan(plan.images, {
    target,
    keeper,
    ended: (result) => events?.ended?.(target, result),
    verify: async ({ manifests, image }) => {
      if (verify !== 'none') await counting(verifying, () => verifier.written(manifests, image.targetRepository));
    },
  });
  if (verify !== 'present' && verify !== 'deep') return results;
  return counting(verifying, () =>
    Promise.all(results.map((result, at) => verified(result, plan.images[at], verifier))),
  );
}

async function verified(result: ImageResult, plan: ImagePlan | undefined, verifier: Verifier): Promise<ImageResult> {
  if (result.state === 'failed' || result.digest === undefined || plan === undefined) return result;
  try {
    const { targetRepository, targetTag } = plan.image;
    await verifier.whole(targetRepository, targetTag ?? result.digest, result.digest);
    return result;
  } catch (error) {
    return { ...result, state: 'failed', error: imageError(error) };
  }
}

/** What a plan says of each image, as results of a sync that only looks. */
export function plannedResults(plan: SyncPlan & { readonly unmatched: readonly ImageResult[] }): ImageResult[] {
  return [...plan.images.map(planned), ...plan.unmatched];
}

function planned(plan: ImagePlan): ImageResult {
  const nothing = { name: plan.name, bytes: 0, mounted: 0, requests: 0 };
  switch (plan.state) {
    case 'failed':
      return { ...nothing, state: 'failed', error: imageError(plan.error) };
    case 'unchanged':
      return { ...nothing, state: 'unchanged', digest: plan.digest };
    default:
      return { ...nothing, state: 'planned', digest: plan.digest };
  }
}

function unmatchedResult(name: string, error: RegistryError): ImageResult {
  return { name, state: 'failed', bytes: 0, mounted: 0, requests: 0, error: imageError(error) };
}
