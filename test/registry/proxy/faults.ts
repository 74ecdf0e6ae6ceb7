import type { RegistryRequest, RequestKind } from './request-kind.js';
import { chance } from './seeded.js';

/** What goes wrong with a request. Positions are bytes of the body. */
export type FaultAction =
  /** The connection ends after so many bytes of the answer. */
  | { readonly what: 'cut-response'; readonly after: number }
  /** The connection ends after so many bytes of the request, on both sides. */
  | { readonly what: 'cut-request'; readonly after: number }
  /** No more bytes of the answer, then the connection ends. */
  | { readonly what: 'stall'; readonly after: number; readonly forMs: number }
  /** No answer at all, then the connection ends. */
  | { readonly what: 'silence'; readonly forMs: number }
  /** A TCP reset instead of an answer. */
  | { readonly what: 'reset' }
  /** The request is carried out, and its answer lost to a reset. */
  | { readonly what: 'lost-answer' }
  /** A status instead of an answer; Retry-After in seconds. */
  | { readonly what: 'status'; readonly status: number; readonly retryAfter?: number }
  /** Status 500, and the connection ends in the middle of its body. */
  | { readonly what: 'error-in-body' }
  /** An answer that looks whole, and lacks its last bytes. */
  | { readonly what: 'truncated'; readonly by: number }
  /** One byte of the answer is another. */
  | { readonly what: 'wrong-bytes' }
  /** One byte of the request is another when it reaches the registry. */
  | { readonly what: 'wrong-request-bytes' }
  /** The token is said to have expired. */
  | { readonly what: 'expired' }
  /** The bytes are had from another host (307). */
  | { readonly what: 'redirect' }
  /** So few bytes at a time, with a pause after each. */
  | { readonly what: 'trickle'; readonly bytes: number; readonly everyMs: number; readonly forMs: number };

export interface Fault {
  readonly does: FaultAction;
  readonly kinds: readonly RequestKind[];
  /** Only requests that have this in their name (method and path). */
  readonly of?: string;
  /** Of all requests of these kinds, 0 to 1. */
  readonly rate?: number;
  /** Which requests of these kinds, counted from 1. */
  readonly at?: readonly number[];
  /** How many requests of these kinds go wrong in a row, from the one that was hit on. Default: 1. */
  readonly burst?: number;
}

/**
 * Which requests go wrong. By rate it is decided from the seed, the request's name and how often it was made, not from
 * the order of requests: the same run meets the same faults however its requests fall between each other.
 */
export class FaultPlan {
  readonly #made = new Map<string, number>();
  readonly #seen: number[];
  readonly #left: number[];

  constructor(
    readonly seed: string | number,
    readonly faults: readonly Fault[],
  ) {
    this.#seen = faults.map(() => 0);
    this.#left = faults.map(() => 0);
  }

  /** What goes wrong with a request, if anything: the first fault that hits it. */
  next(request: RegistryRequest): FaultAction | undefined {
    const made = (this.#made.get(request.name) ?? 0) + 1;
    this.#made.set(request.name, made);
    let hit: FaultAction | undefined;
    this.faults.forEach((fault, index) => {
      if (!fault.kinds.includes(request.kind) || !request.name.includes(fault.of ?? '')) return;
      const seen = (this.#seen[index] ?? 0) + 1;
      this.#seen[index] = seen;
      const left = this.#left[index] ?? 0;
      const begins =
        fault.at?.includes(seen) === true ||
        (fault.rate !== undefined && chance(this.seed, index, request.name, made) < fault.rate);
      if (hit === undefined && (left > 0 || begins)) hit = fault.does;
      if (left > 0) this.#left[index] = left - 1;
      else if (begins) this.#left[index] = (fault.burst ?? 1) - 1;
    });
    return hit;
  }
}
