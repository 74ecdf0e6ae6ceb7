import type { Redirect } from '../redirects/redirect.js';
import type { RedirectTables } from '../redirects/redirect-tables.js';
import type { Entitlement } from './entitlements/entitlement.js';

/** Data of one request: redirects of one time, and its visitor. */
export interface Visit {
  readonly tables: RedirectTables;
  /** Undefined: it has no certificate. */
  readonly entitlement: Entitlement | undefined;
}

/** Returns the path of the address of a repository, which a certificate has to cover. */
function contentPath({ url }: Redirect): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return new URL(url).pathname;
  }
}

/** Returns true where a visitor may read a repository. Whoever may not is told that it is not there. */
export function mayRead(redirect: Redirect, { entitlement }: Visit): boolean {
  return !redirect.isProtected || entitlement?.covers(contentPath(redirect)) === true;
}
