import type { SealingKey } from '../../../store/key-file.js';

/** Login that was sent to a provider, as its browser keeps it until it comes back. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path of the service to which it leads. */
  readonly next: string;
}

const place = 'login at the OpenID provider';
/** Seconds that it may take. */
export const longestLogin = 600;

/** Seals a login for its cookie: neither the browser's user nor a script reads or changes it. */
export function sealPendingLogin(key: SealingKey, login: PendingLogin, now = Date.now()): string {
  return key.seal(place, JSON.stringify({ ...login, until: now + longestLogin * 1000 }));
}

/** Opens the cookie of a login; undefined: it is none, or took too long. */
export function openPendingLogin(key: SealingKey, sealed: string, now = Date.now()): PendingLogin | undefined {
  let opened: string;
  try {
    opened = key.open(place, sealed);
  } catch {
    return undefined; // Whoever made it has not the key.
  }
  const { until, ...login } = JSON.parse(opened) as PendingLogin & { readonly until: number };
  return until < now ? undefined : login;
}
