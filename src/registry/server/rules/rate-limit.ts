import { isIPv4, isIPv6 } from 'node:net';
import { refusal, type ServerAnswer } from '../answers/answer.js';

/** Requests that a client may make: so many a second, and so many at once. */
export interface RequestRate {
  readonly requests: number;
  /** Default: as many as in a second, at least one. */
  readonly burst?: number | undefined;
}

/** Clients that are remembered; of more, those that asked least lately begin anew. */
const mostClients = 20_000;

/** Limit of requests by client: an account, or an address. Each has a store of requests that fills up again with time. */
export class RateLimit {
  readonly #clients = new Map<string, { left: number; at: number }>();

  readonly #each: number;
  readonly #most: number;
  readonly #now: () => number;

  /** @param now time in milliseconds */
  constructor({ requests, burst }: RequestRate, now: () => number = () => performance.now()) {
    this.#each = requests;
    this.#most = Math.max(1, burst ?? requests);
    this.#now = now;
  }

  /** Counts a request. @returns the refusal of one too many */
  take(account: string | undefined, address: string): ServerAnswer | undefined {
    const client = account === undefined ? `at ${networkOf(address)}` : `by ${account}`;
    const now = this.#now();
    const known = this.#clients.get(client) ?? { left: this.#most, at: now };
    const left = Math.min(this.#most, known.left + ((now - known.at) / 1000) * this.#each);
    this.#clients.delete(client); // The last in the order is who asked last.
    this.#clients.set(client, { left: left < 1 ? left : left - 1, at: now });
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= mostClients) break;
      this.#clients.delete(oldest);
    }
    return left < 1 ? tooMany(Math.ceil((1 - left) / this.#each)) : undefined;
  }
}

function tooMany(seconds: number): ServerAnswer {
  const answer = refusal(429, 'TOOMANYREQUESTS', `too many requests: try again in ${seconds} s`);
  return { ...answer, headers: { ...answer.headers, 'Retry-After': String(seconds) } };
}

/** Returns the network that one client has: an address of IPv4, the first half of one of IPv6. */
export function networkOf(address: string): string {
  const mapped = address.replace(/^::ffff:/i, '');
  if (isIPv4(mapped) || !isIPv6(address)) return mapped;
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const [first, last] = [before, after ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const groups = [...(first ?? [])];
  if (after !== undefined)
    groups.push(...Array<string>(Math.max(0, 8 - groups.length - (last?.length ?? 0))).fill('0'));
  return [...groups, ...(last ?? [])]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
