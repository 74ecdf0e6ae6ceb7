import { isRecord } from '../../../model/is-record.js';
import { shellTest } from '../../../patterns/wildcards.js';
import { createdAnnotation, readDate } from '../../admin/image-date.js';
import { judgeTags, type RetainedTag } from '../../admin/judge-tags.js';
import { subjectOfTag } from '../../attached-tags.js';
import { tryBoundedJson } from '../../bounded-json.js';
import { algorithmOf, type Digest, isDigest } from '../../digest.js';
import { readContent } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLink } from '../storage/links.js';
import type { RepositoryManifests } from './repository-manifests.js';
import { type Sweep, takeAway } from './take-away.js';

/** Rules of the tags that stay, as a request gives them: as those of `provision registry retain`, with globs alone. */
export interface RetentionWishes {
  readonly newest?: number | undefined;
  /** Seconds. */
  readonly youngerThan?: number | undefined;
  readonly keep: readonly string[];
  readonly deny: readonly string[];
  /** Delete all tags of a repository where no rule keeps any. */
  readonly allowEmpty: boolean;
  /** Tags of the server that are never deleted. */
  readonly isImmutable?: (repository: string, tag: string) => boolean;
}

/** Tags of a repository that were, or would be, deleted. */
export interface RetainedRepository {
  readonly deleted: readonly RetainedTag[];
  /** Manifests that no tag leads to then, by any of their digests. */
  readonly manifests: readonly Digest[];
  /** True: no tag would be left, so that none was deleted. */
  readonly emptied: boolean;
}

/** Bytes of a configuration or a manifest at most. */
const longest = 8 << 20;

/** Returns what is wrong with a glob of a rule; undefined: nothing. */
export function globProblem(glob: string): string | undefined {
  if (glob === '' || glob.length > 256) return 'must have 1 to 256 characters';
  if (glob.startsWith('/') && glob.length > 1) return 'is an expression: only globs are taken here';
  return /[{}\\]|\[\^/.test(glob) ? 'may have *, ?, [a-z] and [!a-z]' : undefined;
}

/**
 * Deletes the tags that no rule keeps; `repository` is without them then. A tag that is pushed meanwhile stays: its link
 * has a new time.
 */
export async function retainTags(
  sweep: Sweep,
  name: string,
  repository: RepositoryManifests,
  rules: RetentionWishes,
): Promise<RetainedRepository> {
  const { layout, uses } = sweep;
  const now = Date.now();
  const byDate = rules.newest !== undefined || rules.youngerThan !== undefined;
  const [dates, children] = [new Map<Digest, string>(), new Map<Digest, readonly Digest[]>()];
  for (const [tag, digest] of repository.tags) {
    const isImage = subjectOfTag(tag) === undefined;
    const dated = byDate && isImage && !dates.has(digest);
    const created = dated ? await createdIn(layout, name, repository, digest, new Set()) : undefined;
    if (created !== undefined) dates.set(digest, created);
    if (!children.has(digest)) children.set(digest, childrenOf(repository, digest, new Set()));
  }
  const { newest, youngerThan, keep, deny } = rules;
  const isImmutable = (tag: string) => rules.isImmutable?.(name, tag) ?? false;
  const judging = { newest, youngerThan, keeps: keep.map(shellTest), denies: deny.map(shellTest), isImmutable };
  const plan = judgeTags({ repository: name, tags: repository.tags, children, dates }, judging, now);
  if (plan.emptied && !rules.allowEmpty) return { deleted: [], manifests: [], emptied: true };
  const deleted: RetainedTag[] = [];
  // A push that came since the beginning has written the time of the link, or found one of its last refresh.
  const beginning = { ...sweep, cutoff: now - uses.refresh - clockSlack };
  for (const each of plan.remove) {
    const link = layout.tagLink(name, each.tag);
    if ((await readLink(link)) !== each.digest) continue;
    const taken = await takeAway(beginning, link, layout.uploads(name), `${layout.tags(name)}/${each.tag}`);
    if (taken === 'used') continue;
    deleted.push(each);
    repository.tags.delete(each.tag);
  }
  return { deleted, manifests: plan.manifests, emptied: false };
}

/** Milliseconds that the clock of a file system may be behind. */
const clockSlack = 1000;

function childrenOf(repository: RepositoryManifests, digest: Digest, met: Set<Digest>): Digest[] {
  const content = repository.contentOf.get(digest);
  if (content === undefined || met.has(content)) return [];
  met.add(content);
  const children = repository.manifests.get(content)?.children ?? [];
  return [...children, ...children.flatMap((child) => childrenOf(repository, child, met))];
}

/** Returns the date of an image as `createdOf` does, read from the storage. */
async function createdIn(
  layout: Layout,
  name: string,
  repository: RepositoryManifests,
  digest: Digest,
  met: Set<Digest>,
): Promise<string | undefined> {
  const content = repository.contentOf.get(digest);
  if (content === undefined || met.has(content)) return undefined;
  met.add(content);
  const manifest = await readJson(layout, content);
  const annotations = isRecord(manifest?.annotations) ? manifest.annotations : {};
  const own = dateIn(annotations[createdAnnotation]);
  if (isRecord(manifest?.config) && typeof manifest.config.digest === 'string' && isDigest(manifest.config.digest)) {
    const blob = manifest.config.digest;
    const sha256 = algorithmOf(blob) === 'sha256' ? blob : await readLink(layout.blobLink(name, blob));
    const config = sha256 === undefined ? undefined : await readJson(layout, sha256);
    return dateIn(config?.created) ?? own;
  }
  for (const child of repository.manifests.get(content)?.children ?? []) {
    const created = await createdIn(layout, name, repository, child, met);
    if (created !== undefined) return created;
  }
  return own;
}

async function readJson(layout: Layout, sha256: Digest): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await readContent(layout, sha256, longest);
  const json = bytes === undefined ? undefined : tryBoundedJson(bytes.toString('utf8'));
  return isRecord(json) ? json : undefined;
}

function dateIn(value: unknown): string | undefined {
  return typeof value === 'string' ? readDate(value) : undefined;
}
