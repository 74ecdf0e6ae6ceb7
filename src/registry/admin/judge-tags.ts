import { subjectOfTag } from '../attached-tags.js';
import type { Digest } from '../digest.js';

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

/** Rules of what is kept, with the tests of their patterns. */
export interface TagRules {
  /** The images with the latest dates; all their tags stay. */
  readonly newest: number | undefined;
  /** Those younger than so many seconds. */
  readonly youngerThan: number | undefined;
  readonly keeps: readonly ((tag: string) => boolean)[];
  readonly denies: readonly ((tag: string) => boolean)[];
  /** Tags that stay whatever the rules say. */
  readonly isImmutable?: (tag: string) => boolean;
}

/** Tags of a repository, with what rules ask about them. */
export interface DatedTags {
  readonly repository: string;
  readonly tags: ReadonlyMap<string, Digest>;
  /** The manifests of each index that a tag names, those of its own indexes among them. */
  readonly children: ReadonlyMap<Digest, readonly Digest[]>;
  /** Dates of images, ISO 8601, where they are known. */
  readonly dates: ReadonlyMap<Digest, string>;
}

/** Judges which tags of a repository stay. Signatures and other tags of an image are deleted with it. */
export function judgeTags(
  { repository, tags, children, dates }: DatedTags,
  rules: TagRules,
  now: number,
): RepositoryRetention {
  const judge = judgeOf(rules, newestOf(dates, rules.newest ?? 0), now);
  const judged = [...tags].map(([tag, digest]) => {
    const created = dates.get(digest);
    return { tag, digest, created, subject: subjectOfTag(tag), ...judge(tag, digest, created) };
  });
  const images = judged.filter(({ subject }) => subject === undefined);
  const within = (some: readonly { digest: Digest }[]) =>
    new Set(some.flatMap(({ digest }) => [digest, ...(children.get(digest) ?? [])]));
  const staying = within(images.filter(({ stays }) => stays));
  const deleted = new Set([...within(images.filter(({ stays }) => !stays))].filter((digest) => !staying.has(digest)));
  const all = judged.map(({ subject, ...each }) => {
    if (subject === undefined || each.why === keptByPattern || each.why === keptAsImmutable) return each;
    const stays = !deleted.has(subject);
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
const keptAsImmutable = 'is immutable';

interface Judgement {
  readonly stays: boolean;
  readonly why: string;
}

function judgeOf(
  { newest, youngerThan, keeps, denies, isImmutable = () => false }: TagRules,
  latest: ReadonlySet<Digest>,
  now: number,
) {
  const byDate = newest !== undefined || youngerThan !== undefined;
  return (tag: string, digest: Digest, created: string | undefined): Judgement => {
    if (isImmutable(tag)) return { stays: true, why: keptAsImmutable };
    if (keeps.some((matches) => matches(tag))) return { stays: true, why: keptByPattern };
    if (denies.some((matches) => matches(tag))) return { stays: false, why: 'matches a pattern to delete' };
    if (byDate && created === undefined) return { stays: true, why: 'its date is not known' };
    if (latest.has(digest)) return { stays: true, why: `one of the ${newest} newest` };
    if (youngerThan !== undefined && created !== undefined && now - Date.parse(created) < youngerThan * 1000)
      return { stays: true, why: 'young enough' };
    return byDate || keeps.length > 0 ? { stays: false, why: 'no rule keeps it' } : { stays: true, why: 'not denied' };
  };
}

function newestOf(dates: ReadonlyMap<Digest, string>, count: number): ReadonlySet<Digest> {
  const sorted = [...dates].sort(([, a], [, b]) => Date.parse(b) - Date.parse(a));
  return new Set(sorted.slice(0, count).map(([digest]) => digest));
}
