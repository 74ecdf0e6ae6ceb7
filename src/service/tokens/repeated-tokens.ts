import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccountStore } from '../access/accounts/accounts.js';
import { addressOf, type ClientLimits, secondsToWait } from '../access/request-limits.js';
import type { RightsStore } from '../access/rights/rights.js';

/** Milliseconds for which an answer counts. What it was made of may be as old before: a second in all. */
const freshness = 500;
const mostKept = 2000;

/** Answer to a request for a token, as it was made of the present rights. */
export interface TokenAnswer {
  readonly body: string;
  /** Line of the log of tokens. */
  readonly line: string;
}

interface Kept extends TokenAnswer {
  /** Bytes of the body. */
  readonly length: string;
  readonly until: number;
  readonly changes: number;
}

interface Parts {
  readonly accounts: AccountStore;
  readonly rights: RightsStore;
  /** Told how many seconds an answer took. */
  readonly answered: (seconds: number) => void;
  readonly settings: ClientLimits;
  readonly log?: ((message: string) => void) | undefined;
}

/**
 * Answers to requests for tokens that come again word for word, as those of clients that mount or pull by several
 * connections do. They are given before the API's server, at less than half of its cost. A change of accounts or rights by
 * this process ends them all at once.
 */
export class RepeatedTokens {
  /** Requests are known by a hash that this process alone can make: passwords are in them. */
  readonly #key = randomBytes(32).toString('base64');
  readonly #kept = new Map<string, Kept>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Returns a count that is another after each change of accounts or rights. */
  changes(): number {
    return this.#parts.accounts.changes + this.#parts.rights.changes;
  }

  /** @param changes the count before the answer was made */
  keep(request: IncomingMessage, changes: number, answer: TokenAnswer): void {
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(this.#idOf(request), {
      ...answer,
      length: String(Buffer.byteLength(answer.body)),
      changes,
      until: performance.now() + freshness,
    });
  }

  /** Answers a request that is kept. @returns false: it was not answered */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' || request.url?.startsWith('/token?') !== true || this.#kept.size === 0) return false;
    const begun = performance.now();
    const id = this.#idOf(request);
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    if (kept.until < begun || kept.changes !== this.changes()) {
      this.#kept.delete(id);
      return false;
    }
    const { settings, answered, log } = this.#parts;
    // One too many is told by the API's server, in its words.
    if (secondsToWait(settings, undefined, addressOf(request, settings.trustsProxy)) !== undefined) return false;
    response.writeHead(200, [
      'X-Request-Id',
      randomUUID(),
      'X-Content-Type-Options',
      'nosniff',
      'Cache-Control',
      'no-store',
      'Content-Type',
      'application/json; charset=utf-8',
      'Content-Length',
      kept.length,
    ]);
    response.end(kept.body);
    log?.(kept.line);
    answered((performance.now() - begun) / 1000);
    return true;
  }

  #idOf({ url = '', headers }: IncomingMessage): string {
    const { authorization } = headers;
    const text = authorization === undefined ? url : `${url} ${authorization}`;
    return hash('sha256', this.#key + text, 'base64');
  }
}
