import type { AttachmentsMode } from '../attachments-mode.js';
import type { OpenedRegistry } from '../client/open.js';
import { countRequests, type RequestCount } from '../client/wire/count-requests.js';
import type { WantedImages } from '../lists/image-list.js';
import { type LostOf, makePlan } from '../plan/make-plan.js';
import { type PrunePolicy, planPrunes } from '../plan/plan-prunes.js';
import { resolveList } from '../plan/resolve/resolve-list.js';
import { type SourceCache, sourceCaches } from '../plan/source-cache.js';
import type { SyncPlan } from '../plan/sync-plan.js';
import { TargetView } from '../plan/target-view.js';
import { goesTo, type ResolvedList, targetNameOf } from '../plan/wanted-image.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import { type BlobMover, directMover } from './blob-mover.js';
import { executePlan } from './execute-plan.js';
import { Journal } from './journal.js';
import { plannedResults, unmatchedResult } from './planned-results.js';
import { Spool } from './spool.js';
import { type ImageResult, type SyncReport, totalsOf } from './sync-report.js';
import { Verifier, type VerifyLevel } from './verify.js';

export interface SyncOptions {
  readonly wanted: readonly WantedImages[];
  /** Returns the source of a name that entries give; `undefined` is the sync's own. */
  readonly sourceOf: (name: string | undefined) => ImageSource;
  /** Target registries: each gets all but what the list sends to another of them. */
  readonly targets: readonly OpenedRegistry[];
  /** Default `all`. */
  readonly attachments?: AttachmentsMode;
  /** Default `copied`. */
  readonly verify?: VerifyLevel;
  /** Writes all of the list again, and blobs that the target does not serve, whatever it says it has. Default false. */
  readonly repair?: boolean;
  /** Deletes tags of the listed repositories that the list doesn't have. */
  readonly prune?: PrunePolicy;
  /** True: plan and report, copy nothing. */
  readonly check?: boolean;
  readonly chunkSize?: number;
  /** Returns the path of a target's journal; undefined: none is kept. */
  readonly journalOf?: (target: OpenedRegistry) => string | undefined;
  /** Default: this process. */
  readonly mover?: BlobMover;
  readonly events?: SyncEvents;
}

/** Events of a sync for its caller. */
export interface SyncEvents {
  planned?(target: OpenedRegistry, plan: SyncPlan): void;
  ended?(target: OpenedRegistry, result: ImageResult): void;
}

/** Plan and report of a sync, for each target. */
export interface SyncOutcome {
  readonly plan: SyncPlan;
  readonly report: SyncReport;
}

/**
 * Copies a list of images to registries: plans all, copies what is missing, verifies. The error of one image is in the
 * report and stops no other; neither does a listing that fails; but then nothing is pruned.
 * @throws RegistryError before anything moves: entries that land on one name or at no target, a registry that doesn't
 * answer
 */
export async function syncImages(options: SyncOptions): Promise<SyncOutcome[]> {
  const cacheOf = sourceCaches(options.sourceOf);
  const resolved = await resolveList(options.wanted, {
    sourceOf: options.sourceOf,
    attachments: options.attachments ?? 'all',
  });
  requireTargets(resolved, options.targets);
  expectScopes(resolved, options);
  const spool = options.mover === undefined && options.targets.length > 1 ? new Spool() : undefined;
  const mover = options.mover ?? directMover(spool, options.chunkSize);
  try {
    return await Promise.all(
      options.targets.map((target) => syncTo(target, partFor(target, resolved), options, cacheOf, mover)),
    );
  } finally {
    await spool?.close();
  }
}

/** Announces all scopes, so that one token serves all requests. */
function expectScopes(
  { images }: ResolvedList,
  { sourceOf, targets, check }: Pick<SyncOptions, 'sourceOf' | 'targets' | 'check'>,
): void {
  for (const image of images) {
    const { source, repository, targetRepository } = image;
    const from = sourceOf(source);
    if ('expectScopes' in from && typeof from.expectScopes === 'function')
      from.expectScopes([{ repository, actions: ['pull'] }]);
    for (const target of targets.filter(({ host }) => goesTo(image, host))) {
      target.expectScopes([{ repository: targetRepository, actions: check === true ? ['pull'] : ['pull', 'push'] }]);
    }
  }
}

/** @throws RegistryError `input` for an image that goes to none of the targets */
function requireTargets({ images }: ResolvedList, targets: readonly OpenedRegistry[]): void {
  const lost = images.find((image) => !targets.some(({ host }) => goesTo(image, host)));
  if (lost !== undefined)
    throw new RegistryError(
      'input',
      `${targetNameOf(lost)} goes to ${lost.targetRegistry}, which is no target of this sync`,
      {
        hint: 'add it to the targets, or leave the registry out of the target in the list',
      },
    );
}

/** Returns the part of a list that goes to a target. */
function partFor({ host }: OpenedRegistry, { images, unmatched }: ResolvedList): ResolvedList {
  return {
    images: images.filter((image) => goesTo(image, host)),
    unmatched: unmatched.filter((entry) => goesTo(entry, host)),
  };
}

async function syncTo(
  target: OpenedRegistry,
  resolved: ResolvedList,
  options: SyncOptions,
  cacheOf: (name: string | undefined) => SourceCache,
  mover: BlobMover,
): Promise<SyncOutcome> {
  const began = performance.now();
  const { check = false, events } = options;
  const verifying = { requests: 0 };
  const journal = new Journal(options.journalOf?.(target));
  const plan = await planTo(target, resolved, options, cacheOf, journal, verifying);
  events?.planned?.(target, plan);
  if (!check) for (const failed of plan.unmatched) events?.ended?.(target, failed);
  const images = check
    ? plannedResults(plan)
    : [
        ...(await executePlan(plan, {
          ...options,
          target,
          journal,
          mover,
          verifying,
          ended: (result) => events?.ended?.(target, result),
        })),
        ...plan.unmatched,
      ];
  if (!check) journal.close(images.every(({ state }) => state !== 'failed'));
  const source = cacheOf(options.wanted[0]?.source).source;
  const report: SyncReport = {
    source: source.name,
    target: target.host,
    images,
    notices: plan.notices,
    totals: {
      ...totalsOf(images),
      requestsToSource: 'traffic' in source ? (source as OpenedRegistry).traffic.requests : 0,
      requestsToTarget: target.traffic.requests,
      requestsToVerify: verifying.requests,
      seconds: (performance.now() - began) / 1000,
    },
  };
  return { plan, report };
}

async function planTo(
  target: OpenedRegistry,
  resolved: ResolvedList,
  { prune, verify, check = false, repair = false }: Pick<SyncOptions, 'prune' | 'verify' | 'repair' | 'check'>,
  cacheOf: (name: string | undefined) => SourceCache,
  journal: Journal,
  verifying?: RequestCount,
): Promise<PlannedImages> {
  const view = new TargetView(target, (digest) => (repair ? [] : journal.repositories(digest)));
  const plan = await makePlan(resolved, view, ({ source }) => cacheOf(source), {
    repair,
    lostOf: lostAt(target, journal, { verify: repair && verify !== 'deep' ? 'present' : verify, check, verifying }),
  });
  const unmatched = resolved.unmatched.map(({ name, error }) => unmatchedResult(name, error));
  if (prune === undefined) return { ...plan, unmatched };
  const { prunes, notices } = await planPrunes(plan.images, resolved, target, prune);
  return { ...plan, prunes, notices: [...plan.notices, ...notices], unmatched };
}

/**
 * Returns the look into images that are the same by their names: into all of them where all of the list is to be verified,
 * else into those whose last verification failed. One that fails itself is recorded, unless this is a check.
 */
function lostAt(
  target: OpenedRegistry,
  journal: Journal,
  {
    verify,
    check,
    verifying = { requests: 0 },
  }: {
    readonly verify: VerifyLevel | undefined;
    readonly check: boolean;
    readonly verifying: RequestCount | undefined;
  },
): LostOf {
  const isAll = verify === 'present' || verify === 'deep';
  const verifier = new Verifier(target, isAll ? verify : 'present');
  return async ({ targetRepository, targetTag }, digest) => {
    const reference = targetTag ?? digest;
    if (!isAll && !journal.isUnverified(targetRepository, reference)) return [];
    const looking = countRequests(verifying, () => verifier.lostOf(targetRepository, reference, digest));
    const lost = await looking.catch((error: unknown) => {
      if (!check) journal.recordUnverified(targetRepository, reference);
      throw error;
    });
    return lost.map(({ digest, error }) => ({ digest, why: error.message }));
  };
}

/** A plan, with the entries of the list that matched nothing. */
export type PlannedImages = SyncPlan & { readonly unmatched: readonly ImageResult[] };

/** Options of {@link planImages}. */
export interface PlanOptions
  extends Pick<SyncOptions, 'wanted' | 'sourceOf' | 'attachments' | 'check' | 'prune' | 'verify' | 'repair'> {
  readonly target: OpenedRegistry;
  readonly journal: Journal;
}

/** Plans a sync to one target, and copies nothing. An entry that matches nothing fails as an image would. */
export async function planImages(options: PlanOptions): Promise<PlannedImages> {
  const { wanted, sourceOf, attachments = 'all', target, journal, check } = options;
  const cacheOf = sourceCaches(sourceOf);
  const resolved = await resolveList(wanted, { sourceOf, attachments });
  expectScopes(resolved, { sourceOf, targets: [target], ...(check === undefined ? {} : { check }) });
  return planTo(target, resolved, options, cacheOf, journal);
}
