import { subjectOfTag } from '../attached-tags.js';
import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import type { Pattern } from '../lists/image-list.js';
import { matcherOf } from '../lists/pattern.js';
import { ContentReader } from './content-reader.js';
import { createdOf } from './created-of.js';
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

export interface RetainedTag {
  readonly tag: string;
  readonly digest: Digest;
  /** ISO 8601; nothing where it isn't known, or no rule asks for it. */
  readonly created: string | undefined;
  /** `one of the 5 newest` */
  readonly why: string;
}

/** Plan for the tags of a repository. */
export interface RepositoryRetention {
  readonly repository: string;
  readonly keep: readonly RetainedTag[];
  readonly remove: readonly RetainedTag[];
  /** Manifests that nothing names any more then: deleted by digest, so that a collection frees their space. */
  readonly manifests: readonly Digest[];
  /** True: no tag would be left. */
  readonly emptied: boolean;
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
  const judge = judgeOf(rules, newestOf(dates, rules.newest ?? 0), now);
  const judged = [...contents.tags].map(([tag, { digest }]) => {
    const created = dates.get(digest);
    return { tag, digest, created, subject: subjectOfTag(tag), ...judge(tag, digest, created) };
  });
  const images = judged.filter(({ subject }) => subject === undefined);
  const within = (tags: readonly { digest: Digest }[]) =>
    new Set(tags.flatMap(({ digest }) => [digest, ...(contents.children.get(digest) ?? [])]));
  const staying = within(images.filter(({ stays }) => stays));
  const deleted = [...within(images.filter(({ stays }) => !stays))].filter((digest) => !staying.has(digest));
  const all = judged.map(({ subject, ...each }) => {
    if (subject === undefined || each.why === keptByPattern) return each;
    const stays = !deleted.includes(subject);
    return { ...each, stays, why: stays ? 'its image stays, or is not known here' : 'its image is deleted' };
  });
  const pick = (wanted: boolean): RetainedTag[] =>
    all.filter(({ stays }) => stays === wanted).map(({ stays: _stays, ...tag }) => tag);
  const keep = pick(true);
  const remove = pick(false);
  const kept = within(keep);
  return {
    repository,
    keep,
    remove,
    manifests: [...within(remove)].filter((digest) => !kept.has(digest)),
    emptied: remove.length > 0 && keep.length === 0,
  };
}

const keptByPattern = 'matches a pattern to keep';

interface Judgement {
  readonly stays: boolean;
  readonly why: string;
}

function judgeOf({ newest, youngerThan, keep, deny }: RetentionRules, latest: ReadonlySet<Digest>, now: number) {
  const keeps = keep.map(matcherOf);
  const denies = deny.map(matcherOf);
  const byDate = newest !== undefined || youngerThan !== undefined;
  return (tag: string, digest: Digest, created: string | undefined): Judgement => {
    if (keeps.some((matches) => matches(tag))) return { stays: true, why: keptByPattern };
    if (denies.some((matches) => matches(tag))) return { stays: false, why: 'matches a pattern to delete' };
    if (byDate && created === undefined) return { stays: true, why: 'its date is not known' };
    if (latest.has(digest)) return { stays: true, why: `one of the ${newest} newest` };
    if (youngerThan !== undefined && created !== undefined && now - Date.parse(created) < youngerThan * 1000)
      return { stays: true, why: 'young enough' };
    return byDate || keep.length > 0 ? { stays: false, why: 'no rule keeps it' } : { stays: true, why: 'not denied' };
  };
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

function newestOf(dates: ReadonlyMap<Digest, string>, count: number): ReadonlySet<Digest> {
  const sorted = [...dates].sort(([, a], [, b]) => Date.parse(b) - Date.parse(a));
  return new Set(sorted.slice(0, count).map(([digest]) => digest));
}
