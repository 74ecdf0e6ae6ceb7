/** A tag that is a version: `v1.2.3`, `1.25`, `13.0-46`, `3.19.1-alpine`, `2.0.0-rc.1`. */
export interface TagVersion {
  /** One to four numbers, as many as were written. */
  readonly numbers: readonly number[];
  /** `rc.1`: comes before the version itself. */
  readonly prerelease: string | undefined;
  /** `alpine`, `46`: another build of the version. */
  readonly variant: string | undefined;
}

const shape = /^v?(\d{1,15}(?:\.\d{1,15}){0,3})(?:[-_+](.+))?$/;
const prereleases = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|milestone|ea|[abm](?=\d))(?![a-z])/i;

/** Reads the version of a tag; undefined for `latest` or `main-7f3a`. */
export function versionOf(tag: string): TagVersion | undefined {
  const [, numbers, suffix] = shape.exec(tag) ?? [];
  if (numbers === undefined) return undefined;
  const isPrerelease = suffix !== undefined && prereleases.test(suffix);
  return {
    numbers: numbers.split('.').map(Number),
    prerelease: isPrerelease ? suffix : undefined,
    variant: isPrerelease ? undefined : suffix,
  };
}

/** A tag, and the version that it is. */
interface ReadTag {
  readonly tag: string;
  readonly version: TagVersion | undefined;
}

/**
 * Sorts tags from old to new: what is no version first, in natural order (`build9` before `build10`); then versions
 * by their numbers, a prerelease before its release; of one version's tags other builds (`13.0-9`, `13.0-46`,
 * `13.0-alpine`) in natural order, then the plain one. Each is read once, however many there are.
 */
export function sortTags(tags: readonly string[]): string[] {
  return tags
    .map((tag) => ({ tag, version: versionOf(tag) }))
    .sort(compare)
    .map(({ tag }) => tag);
}

function compare({ tag: a, version: left }: ReadTag, { tag: b, version: right }: ReadTag): number {
  if (left === undefined || right === undefined) return rank(left) - rank(right) || natural(a, b);
  return (
    compareNumbers(left.numbers, right.numbers) ||
    Number(left.prerelease === undefined) - Number(right.prerelease === undefined) ||
    natural(left.prerelease ?? '', right.prerelease ?? '') ||
    Number(left.variant === undefined) - Number(right.variant === undefined) ||
    natural(left.variant ?? '', right.variant ?? '') ||
    natural(a, b)
  );
}

let collator: Intl.Collator | undefined;

/**
 * Compares in natural order. The collator is made when it is first needed: that takes milliseconds, and most lists name
 * their tags.
 */
function natural(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  // `build01` and `build1` are equal to it: their order must not be that of the listing.
  return collator.compare(a, b) || Number(a > b) - Number(a < b);
}

function rank(version: TagVersion | undefined): number {
  return version === undefined ? 0 : 1;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
