import type { IncomingMessage } from 'node:http';
import { RateLimit } from '../../registry/server/rules/rate-limit.js';

/** Settings by which clients are told apart, and limited. */
export interface ClientLimits {
  /** A proxy says from where a request comes. */
  readonly trustsProxy: boolean;
  readonly rate: { readonly requests: number; readonly burst: number };
}

const limits = new WeakMap<ClientLimits, RateLimit>();

/** Counts a request of a client. @returns undefined, or how many seconds one too many has to wait */
export function secondsToWait(
  settings: ClientLimits,
  account: string | undefined,
  address: string,
): string | undefined {
  const known = limits.get(settings) ?? new RateLimit(settings.rate);
  limits.set(settings, known);
  const refused = known.take(account, address);
  return refused === undefined ? undefined : String(refused.headers?.['Retry-After'] ?? '1');
}

/** Returns the address from which a request comes, as the API's server finds it. */
export function addressOf({ headers, socket }: IncomingMessage, trustsProxy: boolean): string {
  const forwarded = trustsProxy ? [headers['x-forwarded-for']].flat().join() : '';
  return forwarded.split(',', 1)[0]?.trim() || (socket.remoteAddress ?? '');
}
