import type { RetainedTag } from '../../admin/judge-tags.js';
import type { Digest } from '../../digest.js';
import type { RepositoryManifests } from './repository-manifests.js';
import { type Sweep, takeAway } from './take-away.js';

/** Manifests that are, or would be, gone, by the sha256 of their content, and their tags. */
export interface ExpiredManifests {
  readonly manifests: ReadonlySet<Digest>;
  readonly tags: readonly RetainedTag[];
}

/**
 * Removes the manifests that were not used since `expiry`, with the tags that lead to them, from a cache: each for
 * itself, whatever names it, as it is fetched again when it is wanted. `repository` is without those tags then.
 */
export async function expireManifests(
  sweep: Sweep,
  expiry: number,
  name: string,
  repository: RepositoryManifests,
): Promise<ExpiredManifests> {
  const { layout } = sweep;
  const since = { ...sweep, cutoff: expiry };
  const tagsOf = new Map<Digest, string[]>();
  for (const [tag, digest] of repository.tags) tagsOf.set(digest, [...(tagsOf.get(digest) ?? []), tag]);
  const manifests = new Set<Digest>();
  const tags: RetainedTag[] = [];
  for (const [sha256, { names, usedAt }] of repository.manifests) {
    if (usedAt >= expiry) continue;
    const own = [...new Set([sha256, ...names])].flatMap((digest) =>
      (tagsOf.get(digest) ?? []).map((tag) => [tag, digest] as const),
    );
    let isUsed = false;
    for (const [tag, digest] of own) {
      const folder = `${layout.tags(name)}/${tag}`;
      const taken = await takeAway(since, layout.tagLink(name, tag), layout.uploads(name), folder);
      isUsed ||= taken === 'used';
      if (taken === 'used') continue;
      tags.push({ tag, digest, created: undefined, why: 'it was not used' });
      repository.tags.delete(tag);
    }
    for (const digest of isUsed ? [] : names) {
      const taken = await takeAway(since, layout.revisionLink(name, digest), layout.uploads(name));
      isUsed ||= taken === 'used';
    }
    if (!isUsed) manifests.add(sha256);
  }
  return { manifests, tags };
}
