import type { MirrorDifferenceRow } from '../../store/tables.js';

/** Tag that a mirror does not have as its upstream does. */
export type MirrorTagDifference = Pick<MirrorDifferenceRow, 'tag' | 'kind' | 'upstream_digest' | 'own_digest'>;

/** Tags that are named as missing in one repository at most. */
const mostMissing = 1000;

/**
 * Compares the tags of a mirror with those of its upstream.
 * @param own digests by tag
 * @param upstream tags there; undefined: it has no such repository
 * @param digests digests there, of those tags that both have and that were looked up
 */
export function tagDifferences(
  own: ReadonlyMap<string, string>,
  upstream: readonly string[] | undefined,
  digests: ReadonlyMap<string, string>,
): MirrorTagDifference[] {
  const there = new Set(upstream);
  const differences = [...own].flatMap(([tag, digest]): MirrorTagDifference[] => {
    if (!there.has(tag)) return [{ tag, kind: 'extra', upstream_digest: null, own_digest: digest }];
    const other = digests.get(tag);
    if (other === undefined || other === digest) return [];
    return [{ tag, kind: 'other', upstream_digest: other, own_digest: digest }];
  });
  const missing = [...there].filter((tag) => !own.has(tag)).slice(0, mostMissing);
  return [
    ...differences,
    ...missing.map((tag): MirrorTagDifference => ({ tag, kind: 'missing', upstream_digest: null, own_digest: null })),
  ];
}
