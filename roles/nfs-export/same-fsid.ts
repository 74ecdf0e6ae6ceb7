import { fsidOf } from './export-options.js';
import type { Client } from './read-clients.js';

interface SharedWith {
  readonly path: string;
  readonly clients: readonly Client[];
}

/**
 * Returns an error for each two directories that a client would know by one `fsid`: it would reach the first of them by
 * the name of either.
 */
export function sameFsid(shares: readonly SharedWith[]): string[] {
  const all = shares.flatMap(({ path, clients }) => clients.map((client) => ({ path, ...client })));
  const seen: { path: string; host: string; fsid: string }[] = [];
  const errors: string[] = [];
  for (const { path, host, options } of all) {
    const value = options.findLast((option) => option.startsWith('fsid='))?.slice('fsid='.length);
    const fsid = value === undefined ? undefined : fsidOf(value);
    if (fsid === undefined) continue;
    const other = seen.find(
      (each) => each.fsid === fsid && each.path !== path && (each.host === host || [each.host, host].includes('*')),
    );
    if (other !== undefined) errors.push(`has fsid=${value} for ${other.path} and ${path}. Give each its own`);
    seen.push({ path, host, fsid });
  }
  return [...new Set(errors)];
}
