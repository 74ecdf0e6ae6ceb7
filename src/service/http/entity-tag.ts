import { Problem } from '../problem.js';

/** Returns the entity tag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** Reads the version that a change is about (`If-Match`); undefined: any. @throws Problem for another form */
export function matchedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const found = /^"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (found === undefined)
    throw new Problem('invalid-request', 'If-Match: must be the ETag of an earlier answer, or *');
  return Number(found);
}
