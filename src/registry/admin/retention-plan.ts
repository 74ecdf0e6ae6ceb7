import { subjectOfTag } from '../attached-tags.js';
import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import type { Pattern } from '../lists/image-list.js';
import { matcherOf } from '../lists/pattern.js';
import { ContentReader } from './content-reader.js';
import { createdOf } from './created-of.js';
import { judgeTags, type RepositoryRetention } from './judge-tags.js';
import { type RepositoryContents, repositoryContents } from './repository-contents.js';

/** Rules of what is kept: a tag that one rule keeps stays, whatever the others say. */
export interface RetentionRules {
  /** The images with the latest dates; all their tags stay. */
  readonly newest: number | undefined;
  /** Those younger than so many seconds. */
  readonly youngerThan: number | undefined;
  readonly keep: readonly Pattern[];
  /** Tags that are deleted, unless a `keep` pattern matches. With these alone, all others stay. */
  readonly deny: readonly Pattern[];
}

/**
 * Plans what rules would delete of a repository, and changes nothing. The date of an image is that of its
 * configuration, as registries don't tell when it was pushed; an image without one is kept where a rule is about dates.
 * Signatures and other tags of an image (`sha256-….sig`) are deleted with it.
 */
export async function planRetention(
  registry: Registry,
  repository: string,
  rules: RetentionRules,
  now = Date.now(),
): Promise<RepositoryRetention> {
  const reader = new ContentReader(registry);
  const contents = await repositoryContents(registry, repository, reader);
  const dates = await datesOf(contents, rules, reader);
  const digests = new Map([...contents.tags].map(([tag, { digest }]) => [tag, digest]));
  const judging = { ...rules, keeps: rules.keep.map(matcherOf), denies: rules.deny.map(matcherOf) };
  return judgeTags({ repository, tags: digests, children: contents.children, dates }, judging, now);
}

async function datesOf(
  { repository, tags }: RepositoryContents,
  { newest, youngerThan }: RetentionRules,
  reader: ContentReader,
): Promise<ReadonlyMap<Digest, string>> {
  if (newest === undefined && youngerThan === undefined) return new Map();
  const digests = new Set([...tags].flatMap(([tag, { digest }]) => (subjectOfTag(tag) === undefined ? [digest] : [])));
  const dated = await Promise.all(
    [...digests].map(async (digest) => [digest, await createdOf(repository, digest, reader)] as const),
  );
  return new Map(dated.flatMap(([digest, created]) => (created === undefined ? [] : [[digest, created]])));
}
