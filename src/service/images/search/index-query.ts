/** Text in which `*` stands for any characters. */
export type SearchPattern = string;

/** Condition on the labels of an image; without a value: it has the label. */
export interface LabelTerm {
  readonly name: string;
  readonly value: SearchPattern | undefined;
}

/** Search as it was read. All of it must hold. */
export interface IndexQuery {
  /** Texts that the name of a repository holds; with a `*`: patterns of the whole name. */
  readonly names: readonly SearchPattern[];
  readonly tags: readonly SearchPattern[];
  /** Beginnings of digests: `sha256:4f`. */
  readonly digests: readonly string[];
  readonly labels: readonly LabelTerm[];
  /** `linux/arm64`, which means its variants as well, or a pattern. */
  readonly platforms: readonly SearchPattern[];
  /** Times between which it was pushed, in milliseconds since 1970. */
  readonly pushedAfter: number | undefined;
  readonly pushedBefore: number | undefined;
}

/** Returns true for a search that repositories answer by themselves. */
export function isAboutNames(query: IndexQuery): boolean {
  const { tags, digests, labels, platforms, pushedAfter, pushedBefore } = query;
  const ofImages = [tags, digests, labels, platforms].some((terms) => terms.length > 0);
  return !ofImages && pushedAfter === undefined && pushedBefore === undefined;
}
