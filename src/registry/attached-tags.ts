import { type Digest, isDigest } from './digest.js';

/*
 * Names of tags that stand for a digest: `sha256-<hex>` lists what points at it, where a registry has no referrers API
 * (distribution-spec, "Unavailable Referrers API"); cosign attaches signatures and the like under `sha256-<hex>.sig`.
 */

/** Returns the tag that lists the referrers of a digest, where there is no API for it. */
export function referrersTag(digest: Digest): string {
  return digest.replace(':', '-');
}

/** Returns true for a tag that {@link referrersTag} gives. */
export function isReferrersTag(tag: string): boolean {
  return subjectOfTag(tag) !== undefined && !tag.includes('.');
}

/** Returns the digest that a tag of this kind is about, whatever its ending; undefined for other tags. */
export function subjectOfTag(tag: string): Digest | undefined {
  const [, algorithm, hex] = /^(sha256|sha512)-([0-9a-f]+)(?:\.[a-z]+)?$/.exec(tag) ?? [];
  const digest = `${algorithm}:${hex}`;
  return isDigest(digest) ? digest : undefined;
}
