import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../registry-error.js';
import type { Authorizer } from './tokens/authorizer.js';
import type { TokenScope } from './tokens/scopes.js';
import { answerError, lostError } from './wire/answer-error.js';
import { countRequest } from './wire/count-requests.js';
import { readGivenAddress } from './wire/given-address.js';
import type { Limiter } from './wire/limiter.js';
import { quotaOf } from './wire/quota.js';
import { QuotaGuard } from './wire/quota-guard.js';
import { discard, readDecoded, readText } from './wire/read-text.js';
import { backOff, retryAfter } from './wire/retry-delay.js';
import { StaleConnection, type WireAnswer } from './wire/send-request.js';
import type { Wire } from './wire/wire.js';

/** One request of the protocol, and how to word and repeat it. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path at the registry, or a whole address that it gave (`Location`, `Link`). */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called anew for every attempt. */
  readonly body?: (() => Promise<Readable | Uint8Array>) | undefined;
  readonly scopes: readonly TokenScope[];
  /** Statuses that are an answer; all others are errors. */
  readonly expect: readonly number[];
  /** For errors: `read the manifest of team/web:1 at registry:5000`. */
  readonly attempt: string;
  readonly signal?: AbortSignal | undefined;
  /** Attempts when the connection is lost or the server fails; default 5. Being told to wait doesn't count. */
  readonly tries?: number;
  /** Milliseconds to wait for the head of the answer after the last byte was sent; default 60 000. */
  readonly patience?: number;
  /** false: once some of it may have arrived, it must not be sent again as it is. */
  readonly repeatable?: boolean;
}

/** Options of an {@link Exchange}. */
export interface ExchangeOptions {
  /** Attempts at a request; default 5. */
  readonly tries?: number;
  readonly notice?: (line: string) => void;
  /** Requests of the registry's quota that are left to others; default 0. */
  readonly reserve?: number;
  /** false: where the registry asks to wait (429, a quota that is used up), the request fails at once. Default true. */
  readonly waits?: boolean | undefined;
  /** Milliseconds to wait for the head of an answer, where a request doesn't say; default 60 000. */
  readonly patience?: number | undefined;
}

/** Statuses of success: what a registry has for its own case is not always what the specification names. */
export const anySuccess: readonly number[] = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226];

/** Being told to wait (429) that often, or for more than an hour in all, is given up. */
const mostPauses = 20;
const longestPause = 3_600_000;
const mostRedirects = 5;
/** Bytes of an error that are read. */
const mostError = 256 << 10;

/** Sends requests to one registry: proven, limited, repeated as the registry and the state of the line call for. */
export class Exchange {
  #requests = 0;

  readonly #wire: Wire;
  readonly #authorizer: Authorizer;
  readonly #limiter: Limiter;
  readonly #tries: number;
  readonly #quotaGuard: QuotaGuard;
  readonly #waits: boolean;
  readonly #patience: number;

  constructor(
    /** Of the registry, as its user named it. */
    readonly origin: URL,
    wire: Wire,
    authorizer: Authorizer,
    limiter: Limiter,
    { tries = 5, notice = () => {}, reserve = 0, waits = true, patience = 60_000 }: ExchangeOptions = {},
  ) {
    this.#wire = wire;
    this.#authorizer = authorizer;
    this.#limiter = limiter;
    this.#tries = tries;
    this.#quotaGuard = new QuotaGuard(origin.host, limiter, reserve, notice);
    this.#waits = waits;
    this.#patience = patience;
  }

  /** Requests sent so far, redirects and refused ones among them; token requests are not. */
  get count(): number {
    return this.#requests;
  }

  /**
   * Sends a request until it has an answer that is expected. Its body is to be read, or destroyed; until then it counts
   * as one of the requests under way.
   * @throws RegistryError
   */
  send(ask: ExchangeRequest): Promise<WireAnswer> {
    return this.#authorizer.runInTurn(() => this.#sendWithRetries(ask));
  }

  /**
   * Sends a request and reads the whole body of its answer; the request is repeated when the body is cut short.
   * @param most bytes
   */
  async read(ask: ExchangeRequest, most: number): Promise<{ readonly answer: WireAnswer; readonly bytes: Buffer }> {
    for (let failures = 1; ; failures += 1) {
      const answer = await this.send(ask);
      if (answer.status >= 300) {
        discard(answer.body);
        return { answer, bytes: Buffer.alloc(0) };
      }
      try {
        return { answer, bytes: await readDecoded(answer, most) };
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        if (ask.signal?.aborted) throw lostError(ask.attempt, ask.signal.reason ?? error, false);
        if (failures >= this.#tries) throw lostError(ask.attempt, error, this.origin.protocol === 'https:');
      }
      await sleep(backOff(failures));
    }
  }

  async #sendWithRetries(ask: ExchangeRequest): Promise<WireAnswer> {
    const { attempt, tries = this.#tries, signal } = ask;
    let failures = 0;
    let stale = 0;
    let proofs = 0;
    let pauses = 0;
    let paused = 0;
    for (;;) {
      const leave = await this.#enter(ask);
      let wait: number;
      try {
        const used = await this.#authorizer.authorizationFor(ask.scopes);
        const { answer: given, plenty } = await this.#followRedirects(ask, used);
        const answer = asNotFound(given, ask);
        if (isOfHeaders(answer) && this.#authorizer.recordTooLong(used)) {
          discard(answer.body);
          leave();
          continue;
        }
        if (ask.expect.includes(answer.status)) {
          if (plenty) this.#limiter.recordSuccess();
          this.#authorizer.recordAccepted();
          return releaseWhenRead(answer, leave);
        }
        const text = await readText(answer, mostError, 5_000).catch(() => ''); // Cut short: the status says enough.
        leave();
        const error = answerError(attempt, ask.method, answer.status, text, isSpent(answer));
        if (answer.status === 401 && proofs < 3) {
          proofs += 1;
          if (await this.#authorizer.learnFromChallenge(answer.headers['www-authenticate'], used, ask.scopes)) continue;
        }
        if (answer.status !== 401) this.#authorizer.recordAccepted();
        if (isToldToWait(answer)) {
          this.#limiter.recordOverload();
          const named = retryAfter(answer.headers) ?? resetOf(answer);
          if (!this.#waits) throw withRetryAfter(error, named);
          pauses += 1;
          const asked = named ?? backOff(pauses + 2);
          paused += asked;
          if (pauses > mostPauses || paused > longestPause) throw error;
          this.#limiter.pause(asked);
          continue;
        }
        if (answer.status < 500 && answer.status !== 408) throw error;
        this.#limiter.recordOverload();
        failures += 1;
        if (failures >= tries || answer.status === 501) throw error;
        wait = Math.min(retryAfter(answer.headers) ?? backOff(failures), longestPause);
      } catch (error) {
        leave();
        if (signal?.aborted) throw lostError(attempt, signal.reason ?? error, false);
        if (error instanceof RegistryError) throw error;
        if (error instanceof StaleConnection && stale < 3 && ask.repeatable !== false) {
          stale += 1;
          continue;
        }
        const lost = lostError(attempt, error, this.origin.protocol === 'https:');
        if (lost.kind !== 'unreachable') throw lost;
        this.#limiter.recordOverload();
        failures += 1;
        if (failures >= tries || isFinal(error)) throw lost;
        wait = backOff(failures);
      }
      await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
        throw lostError(attempt, error, false);
      });
    }
  }

  async #enter({ attempt, signal }: ExchangeRequest): Promise<() => void> {
    this.#quotaGuard.check(attempt);
    try {
      return await this.#limiter.enter(signal);
    } catch (error) {
      throw lostError(attempt, error, false);
    }
  }

  /**
   * Follows redirects. What proves who asks is sent to the registry's own origin only, or to its host by https. Of quotas
   * only those of the registry count.
   */
  async #followRedirects(ask: ExchangeRequest, authorization: string | undefined): Promise<FollowedAnswer> {
    let url = this.#addressOf(ask);
    let plenty = true;
    for (let redirects = 0; ; redirects += 1) {
      this.#requests += 1;
      countRequest();
      const own = url.origin === this.origin.origin || isUpgrade(url, this.origin);
      const answer = await this.#wire.send({
        method: ask.method,
        url,
        headers: {
          'user-agent': 'provision',
          'accept-encoding': 'identity',
          ...ask.headers,
          ...(own && authorization !== undefined ? { authorization } : {}),
        },
        body: await ask.body?.(),
        foreign: !own,
        signal: ask.signal,
        patience: ask.patience ?? this.#patience,
      });
      if (own && this.#waits) plenty = this.#quotaGuard.apply(answer.headers) && plenty;
      const { location } = answer.headers;
      if (
        ![301, 302, 303, 307, 308].includes(answer.status) ||
        location === undefined ||
        ask.expect.includes(answer.status)
      ) {
        return { answer, plenty };
      }
      discard(answer.body);
      if (redirects >= mostRedirects)
        throw new RegistryError('protocol', `could not ${ask.attempt}: sent on ${redirects} times`);
      const next = readGivenAddress(location, url, this.origin);
      if ('refusal' in next) {
        throw new RegistryError('protocol', `could not ${ask.attempt}: the redirect ${next.refusal}`, { final: true });
      }
      if (isChange(ask) && !isSameServer(next.url, url)) {
        throw new RegistryError(
          'protocol',
          `could not ${ask.attempt}: the redirect leads away from its server, to ${next.url.origin}`,
          { final: true },
        );
      }
      url = next.url;
    }
  }

  /** Returns the address of a request; one that was kept from an earlier answer leads down no more than a new one. */
  #addressOf({ target, attempt }: ExchangeRequest): URL {
    const given = readGivenAddress(String(target), this.origin, this.origin);
    if ('url' in given) return given.url;
    throw new RegistryError('protocol', `could not ${attempt}: its address ${given.refusal}`, { final: true });
  }
}

interface FollowedAnswer {
  readonly answer: WireAnswer;
  /** The quota of the registry allows as many requests as now, or more. */
  readonly plenty: boolean;
}

/** Returns true where a registry wants a pause. GitHub has 403 for a quota that is used up, as well as 429. */
function isToldToWait({ status, headers }: WireAnswer): boolean {
  if (status === 429) return true;
  if (status === 503) return headers['retry-after'] !== undefined;
  return isSpent({ status, headers });
}

function isSpent({ status, headers }: Pick<WireAnswer, 'status' | 'headers'>): boolean {
  return status === 403 && quotaOf(headers)?.left === 0;
}

/** Returns the milliseconds until a quota that is used up has more, where that is named. */
function resetOf({ headers }: WireAnswer): number | undefined {
  const quota = quotaOf(headers);
  return quota?.left === 0 ? quota.reset : undefined;
}

/** Returns an answer of 410, that something is gone for good, as the 404 that callers know. */
function asNotFound(answer: WireAnswer, { expect }: ExchangeRequest): WireAnswer {
  return answer.status === 410 && expect.includes(404) ? { ...answer, status: 404 } : answer;
}

/** Returns true for an answer to headers that are too long; a registry's own 400 is JSON. */
function isOfHeaders({ status, headers }: WireAnswer): boolean {
  return status === 431 || (status === 400 && !/json/.test(headers['content-type'] ?? ''));
}

/** Holds the turn until the body has been read to its end, or was given up. */
function releaseWhenRead(answer: WireAnswer, leave: () => void): WireAnswer {
  if (answer.body.readableEnded || answer.body.destroyed) leave();
  else answer.body.once('close', leave);
  return answer;
}

/**
 * Returns true for a request that changes something: it is sent to the registry's own server alone, while content may
 * be read elsewhere.
 */
function isChange({ method }: ExchangeRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Returns true for the same host by https instead of http: many a server sends all its plain requests there. */
function isUpgrade(to: URL, from: URL): boolean {
  return from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname;
}

function isSameServer(to: URL, from: URL): boolean {
  return to.origin === from.origin || (to.hostname === from.hostname && to.protocol === 'https:');
}

function withRetryAfter(error: RegistryError, milliseconds: number | undefined): RegistryError {
  const { kind, message, status, codes, hint } = error;
  return new RegistryError(kind, message, { status, codes, hint, retryAfter: milliseconds, final: true });
}

/** Returns true for a name that doesn't exist: a retry learns nothing new. */
function isFinal(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND';
}
