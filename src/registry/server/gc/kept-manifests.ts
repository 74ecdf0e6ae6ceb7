import type { Digest } from '../../digest.js';
import type { RepositoryManifests } from './repository-manifests.js';

/**
 * Chooses the manifests that stay where untagged ones are deleted: those with a tag, those used since `cutoff`, those that hold
 * the blobs of others, and what belongs to them. The signature tags of cosign are tags.
 * @returns sha256 of their content
 */
export function keptManifests(repository: RepositoryManifests, cutoff: number): Set<Digest> {
  const kept = new Set<Digest>();
  const tagged = new Set(repository.tags.values());
  const referrers = referrersOf(repository);
  for (const [sha256, { names, usedAt, isHeld }] of repository.manifests) {
    if (isHeld || usedAt >= cutoff || names.some((name) => tagged.has(name)) || tagged.has(sha256)) {
      keepWithRelated(repository, referrers, sha256, kept);
    }
  }
  return kept;
}

/** Adds a manifest to those that stay, with its children, its subject and its referrers, and theirs. */
export function keepWithRelated(
  { manifests, contentOf }: RepositoryManifests,
  referrers: ReadonlyMap<Digest, readonly Digest[]>,
  first: Digest,
  kept: Set<Digest>,
): void {
  const left = [first];
  for (let sha256 = left.pop(); sha256 !== undefined; sha256 = left.pop()) {
    const manifest = manifests.get(sha256);
    if (manifest === undefined || kept.has(sha256)) continue;
    kept.add(sha256);
    const { children, subject } = manifest;
    for (const related of [...children, ...(subject === undefined ? [] : [subject])]) {
      const content = contentOf.get(related);
      if (content !== undefined) left.push(content);
    }
    left.push(...(referrers.get(sha256) ?? []));
  }
}

/** Returns the manifests that refer to another, by that: each by the sha256 of its content. */
export function referrersOf({ manifests, contentOf }: RepositoryManifests): ReadonlyMap<Digest, readonly Digest[]> {
  const referrers = new Map<Digest, Digest[]>();
  for (const [sha256, { subject }] of manifests) {
    const about = subject === undefined ? undefined : contentOf.get(subject);
    if (about === undefined) continue;
    const others = referrers.get(about);
    if (others === undefined) referrers.set(about, [sha256]);
    else others.push(sha256);
  }
  return referrers;
}
