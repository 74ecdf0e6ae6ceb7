import { subjectOfTag } from '../attached-tags.js';
import type { OpenedRegistry } from '../client/open.js';
import type { Pattern } from '../lists/image-list.js';
import { selectTags } from '../lists/select-tags.js';
import { RegistryError } from '../registry-error.js';
import type { ImagePlan, Prune } from './sync-plan.js';
import type { ResolvedList } from './wanted-image.js';

/** Policy of pruning: tags that stay, and how many may be deleted at most. */
export interface PrunePolicy {
  /** Tags that stay, although the list doesn't have them. */
  readonly protect: readonly Pattern[];
  /** Percent of a repository's tags that may be deleted; more is refused. Default 50. */
  readonly share?: number;
}

/**
 * Plans the deletion of tags that the list doesn't have, in its repositories. What is attached to an image is deleted
 * and stays with it. Nothing is deleted in a repository where the list names nothing, or the source is unknown; nor
 * anywhere, where an entry of the list could not be resolved: what it means might be deleted.
 * @throws RegistryError when too many would be deleted: nothing has been copied then
 */
export async function planPrunes(
  plans: readonly ImagePlan[],
  { unmatched }: ResolvedList,
  target: OpenedRegistry,
  policy: PrunePolicy,
): Promise<{ readonly prunes: readonly Prune[]; readonly notices: readonly string[] }> {
  if (unmatched.length > 0) {
    const why = unmatched.map(({ error }) => error.message).join('; ');
    return { prunes: [], notices: [`nothing is pruned: ${why}`] };
  }
  const failed = new Set(plans.filter(({ state }) => state === 'failed').map(({ image }) => image.targetRepository));
  const wanted = new Map<string, Set<string>>();
  for (const { image } of plans) {
    const tags = wanted.get(image.targetRepository) ?? new Set();
    if (image.targetTag !== undefined) tags.add(image.targetTag);
    wanted.set(image.targetRepository, tags);
  }
  if (wanted.size === 0) throw new RegistryError('input', 'nothing is pruned: the list is empty');
  const whole = [...wanted].filter(([repository]) => !failed.has(repository));
  const each = await Promise.all(
    whole.map(([repository, keep]) => pruneRepository(repository, keep, plans, target, policy)),
  );
  const notices = [...failed].map(
    (repository) => `${repository}: nothing is pruned, as not all of its images were found`,
  );
  return { prunes: each.flat(), notices };
}

async function pruneRepository(
  repository: string,
  keep: ReadonlySet<string>,
  plans: readonly ImagePlan[],
  target: OpenedRegistry,
  { protect, share = 50 }: PrunePolicy,
): Promise<Prune[]> {
  const there = await tagsOf(target, repository);
  if (keep.size === 0) {
    throw new RegistryError(
      'input',
      `${repository}: all of its ${there.length} tags would be pruned: the list names none of them`,
    );
  }
  const shielded = new Set(
    protect.length === 0 ? [] : selectTags(there, { allow: protect, deny: [], semver: undefined, latest: undefined }),
  );
  const attached = there.filter((tag) => subjectOfTag(tag) !== undefined);
  const plain = there.filter((tag) => subjectOfTag(tag) === undefined);
  const deleted = plain.filter((tag) => !keep.has(tag) && !shielded.has(tag));
  if (deleted.length * 100 > plain.length * share) {
    throw new RegistryError(
      'input',
      `${repository}: ${deleted.length} of its ${plain.length} tags would be pruned, more than ${share} %`,
      {
        hint: `allow it, if that is right: --prune-share ${Math.ceil((deleted.length / plain.length) * 100)}`,
      },
    );
  }
  // What is attached to a deleted image and to none that stays is deleted too: that needs their digests.
  const staying = new Set(plans.flatMap((plan) => (plan.state === 'failed' ? [] : [plan.digest])));
  const heads = attached.length === 0 ? [] : await Promise.all(deleted.map((tag) => target.head(repository, tag)));
  const pruned = new Set(heads.flatMap((found) => (found === undefined ? [] : [found.digest])));
  const orphans = attached.filter((tag) => {
    const subject = subjectOfTag(tag);
    const isOrphan = subject !== undefined && pruned.has(subject) && !staying.has(subject);
    return isOrphan && !shielded.has(tag) && !keep.has(tag);
  });
  return [...deleted, ...orphans].map((tag) => ({ repository, tag }));
}

async function tagsOf(target: OpenedRegistry, repository: string): Promise<string[]> {
  try {
    return await target.tags(repository);
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'not-found') return []; // It is made by this run.
    throw error;
  }
}
