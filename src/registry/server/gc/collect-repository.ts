import { readdir } from 'node:fs/promises';
import type { RetainedTag } from '../../admin/judge-tags.js';
import { algorithmOf, type Digest } from '../../digest.js';
import { unlessMissing } from '../storage/files.js';
import { readLink } from '../storage/links.js';
import { expireManifests } from './expire-manifests.js';
import { keepWithRelated, keptManifests, referrersOf } from './kept-manifests.js';
import { linkedDigests } from './linked-folders.js';
import { type RepositoryManifests, readManifests } from './repository-manifests.js';
import { type RetentionWishes, retainTags } from './retain.js';
import { type Sweep, takeAway } from './take-away.js';

/** Options of {@link collectRepository}. */
export interface RepositorySweep extends Sweep {
  readonly deleteUntagged: boolean;
  /** Rules of the tags that stay; undefined: all do. */
  readonly retain?: RetentionWishes | undefined;
  /** Time in milliseconds: manifests that were not used since go, with their tags. Undefined: they stay. */
  readonly expiry?: number | undefined;
  /** Bytes of a manifest at most. */
  readonly mostManifest: number;
}

/** Result for a repository. */
export interface CollectedRepository {
  readonly name: string;
  /** Tags that are, or would be, deleted. */
  readonly tags: readonly RetainedTag[];
  /** Manifests that are, or would be, deleted. */
  readonly manifests: readonly Digest[];
  /** Links of blobs that no manifest of the repository needs. */
  readonly links: number;
  /** Manifests that stay. */
  readonly kept: number;
  /** Reason for which nothing of it, or none of its tags, was removed. */
  readonly skipped: string | undefined;
}

/**
 * Removes the manifests and links of a repository that nobody needs, and adds to `held` the content that it needs, by
 * sha256: what its manifests name, and what it still has links to.
 */
export async function collectRepository(
  sweep: RepositorySweep,
  name: string,
  held: Set<Digest>,
): Promise<CollectedRepository> {
  const { layout, mostManifest } = sweep;
  const repository = await readManifests(layout, name, mostManifest);
  const [unreadable] = repository.unreadable;
  if (unreadable !== undefined) {
    await holdAll(sweep, name, repository, held);
    const kept = repository.contentOf.size;
    return { name, tags: [], manifests: [], links: 0, kept, skipped: `cannot read the manifest ${unreadable}` };
  }
  const retained = sweep.retain === undefined ? undefined : await retainTags(sweep, name, repository, sweep.retain);
  const expired = sweep.expiry === undefined ? undefined : await expireManifests(sweep, sweep.expiry, name, repository);
  const unneeded = await deleteManifests(sweep, name, repository, retained?.manifests ?? []);
  const deleted = new Set([...unneeded, ...(expired?.manifests ?? [])]);
  const needed = new Set<Digest>();
  for (const [sha256, { named }] of repository.manifests) {
    if (deleted.has(sha256)) continue;
    held.add(sha256);
    for (const digest of named) needed.add(digest);
  }
  const links = await removeLinks(sweep, name, needed, held);
  if (deleted.size > 0) await removeHistory(sweep, name, repository, deleted);
  return {
    name,
    tags: [...(retained?.deleted ?? []), ...(expired?.tags ?? [])],
    manifests: [...deleted],
    links,
    kept: repository.manifests.size - deleted.size,
    skipped: retained?.emptied === true ? 'no tag would be left' : undefined,
  };
}

async function holdAll(
  { layout }: Sweep,
  name: string,
  { manifests, contentOf }: RepositoryManifests,
  held: Set<Digest>,
): Promise<void> {
  for (const sha256 of contentOf.values()) held.add(sha256);
  for (const { named } of manifests.values()) for (const digest of named) held.add(digest);
  for (const digest of await linkedDigests(layout.layers(name))) {
    const sha256 = algorithmOf(digest) === 'sha256' ? digest : await readLink(layout.blobLink(name, digest));
    if (sha256 !== undefined) held.add(sha256);
  }
}

/**
 * Deletes the manifests that nothing keeps: all of them, or those that have just lost their tags. An index comes before
 * what it lists: where it was pushed again meanwhile, all that belongs to it stays.
 * @returns sha256 of their content
 */
async function deleteManifests(
  sweep: RepositorySweep,
  name: string,
  repository: RepositoryManifests,
  untagged: readonly Digest[],
): Promise<Set<Digest>> {
  const { manifests, contentOf } = repository;
  const wanted = sweep.deleteUntagged
    ? [...manifests.keys()]
    : [...new Set(untagged.flatMap((digest) => contentOf.get(digest) ?? []))];
  if (wanted.length === 0) return new Set();
  const kept = keptManifests(repository, sweep.cutoff);
  const unneeded = wanted.filter((sha256) => manifests.has(sha256) && !kept.has(sha256));
  const referrers = referrersOf(repository);
  const parents = new Map(unneeded.map((sha256) => [sha256, 0]));
  const childrenOf = (sha256: Digest) =>
    new Set((manifests.get(sha256)?.children ?? []).flatMap((child) => contentOf.get(child) ?? []));
  for (const sha256 of unneeded) {
    for (const child of childrenOf(sha256)) {
      const count = parents.get(child);
      if (count !== undefined) parents.set(child, count + 1);
    }
  }
  const deleted = new Set<Digest>();
  const next = unneeded.filter((sha256) => parents.get(sha256) === 0);
  for (let sha256 = next.pop(); sha256 !== undefined; sha256 = next.pop()) {
    if (!kept.has(sha256)) {
      if (await deleteManifest(sweep, name, manifests.get(sha256)?.names ?? [])) deleted.add(sha256);
      else keepWithRelated(repository, referrers, sha256, kept);
    }
    for (const child of childrenOf(sha256)) {
      const count = (parents.get(child) ?? 0) - 1;
      parents.set(child, count);
      if (count === 0) next.push(child);
    }
  }
  return deleted;
}

/** Deletes a manifest under all its names; false where one of them is in use. */
async function deleteManifest(sweep: Sweep, name: string, names: readonly Digest[]): Promise<boolean> {
  const { layout } = sweep;
  for (const digest of names) {
    const taken = await takeAway(sweep, layout.revisionLink(name, digest), layout.uploads(name));
    if (taken === 'used') return false;
  }
  return true;
}

/** Removes the links of blobs that are not needed. @returns how many */
async function removeLinks(
  sweep: Sweep,
  name: string,
  needed: ReadonlySet<Digest>,
  held: Set<Digest>,
): Promise<number> {
  const { layout } = sweep;
  const links = await linkedDigests(layout.layers(name));
  const neededContent = new Set<Digest>();
  for (const digest of needed) {
    const sha256 = algorithmOf(digest) === 'sha256' ? digest : await readLink(layout.blobLink(name, digest));
    if (sha256 === undefined) continue;
    neededContent.add(sha256);
    held.add(sha256);
  }
  let removed = 0;
  for (const digest of links) {
    if (needed.has(digest) || neededContent.has(digest)) continue;
    const link = layout.blobLink(name, digest);
    const sha256 = algorithmOf(digest) === 'sha256' ? digest : await readLink(link);
    if (sha256 !== undefined && neededContent.has(sha256)) continue;
    const taken = await takeAway(sweep, link, layout.uploads(name));
    if (taken === 'used' && sha256 !== undefined) held.add(sha256);
    if (typeof taken === 'object') removed += 1;
  }
  return removed;
}

/** Removes from tags that they once pointed at a manifest that is deleted. */
async function removeHistory(
  sweep: Sweep,
  name: string,
  { manifests }: RepositoryManifests,
  deleted: ReadonlySet<Digest>,
): Promise<void> {
  const { layout } = sweep;
  const names = new Set([...deleted].flatMap((sha256) => manifests.get(sha256)?.names ?? []));
  if (names.size === 0 || !sweep.apply) return;
  for (const tag of (await unlessMissing(readdir(layout.tags(name)))) ?? []) {
    for (const digest of await linkedDigests(`${layout.tags(name)}/${tag}/index`)) {
      if (!names.has(digest)) continue;
      await takeAway(sweep, layout.tagHistoryLink(name, tag, digest), layout.uploads(name));
    }
  }
}
