import { isRecord } from '../model/is-record.js';

/** Annotation of a manifest that stays without a tag until a time (RFC 3339): it holds the blobs of deleted images. */
export const keptUntilAnnotation = 'provision.kept-until';

/** Returns true for a manifest that is to stay for a while, though no tag leads to it. */
export function isKeptUntagged(manifest: unknown, now = Date.now()): boolean {
  const annotations = isRecord(manifest) ? manifest.annotations : undefined;
  const until = isRecord(annotations) ? annotations[keptUntilAnnotation] : undefined;
  return typeof until === 'string' && Date.parse(until) > now;
}
