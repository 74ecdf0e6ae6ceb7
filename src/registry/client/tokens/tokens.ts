import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { tryBoundedJson } from '../../bounded-json.js';
import { RegistryError } from '../../registry-error.js';
import type { RegistryCredentials } from '../registry.js';
import { answerError, lostError } from '../wire/answer-error.js';
import { readErrorBody } from '../wire/error-body.js';
import { readText } from '../wire/read-text.js';
import { backOff, retryAfter } from '../wire/retry-delay.js';
import type { Wire } from '../wire/wire.js';
import { ScopeSet, scopeText, type TokenScope } from './scopes.js';
import { sendTokenRequest, type TokenServer } from './token-request.js';

interface Token {
  readonly value: string;
  readonly scopes: ScopeSet;
  /** Milliseconds since the epoch; some time before the server's own. */
  readonly until: number;
}

/** Programs in Go write null, and some servers both names of a token, one of them empty. */
const reply = z.object({
  token: z.string().trim().nullish().catch(undefined),
  access_token: z.string().trim().nullish().catch(undefined),
  expires_in: z.union([z.number(), z.string()]).nullish().catch(undefined),
});

/** Bytes of scope that one token request asks for at most: servers and proxies take addresses of about 8 KiB. */
const mostScope = 6000;
/** Bytes of a token for several repositories: nginx and Apache take 8 KiB of a header by default. */
const mostToken = 7000;
/** Bytes of a token from which on a refused header may be its fault. */
const longToken = 2000;

/** A token is a word of a header (RFC 6750, 2.1), here without blanks, and shorter than what servers take of headers. */
const tokenShape = /^[\x21-\x7e]{1,65536}$/;

const mostTries = 5;
/** Milliseconds: a token server that says to wait longer is asked again all the same. */
const longestWait = 60_000;

/**
 * Tokens of one registry. One is requested for all expected scopes, and again some time before it expires. A server that
 * grants only the first scope is detected, and then asked for one scope at a time.
 */
export class Tokens {
  readonly #expected = new ScopeSet();
  readonly #held: Token[] = [];
  readonly #requesting = new Map<string, Promise<Token>>();
  #single = false;
  /** Scopes that one token is requested for. */
  #mostJoined = Number.POSITIVE_INFINITY;
  requests = 0;

  readonly #wire: Wire;
  readonly #registry: string;
  readonly #credentials: (repository: string | undefined) => Promise<RegistryCredentials | undefined>;
  readonly #signal: AbortSignal | undefined;
  /** false: where the token server asks to wait, the request fails at once. */
  readonly #waits: boolean;

  constructor(
    wire: Wire,
    registry: string,
    credentials: (repository: string | undefined) => Promise<RegistryCredentials | undefined>,
    signal?: AbortSignal,
    waits = true,
  ) {
    this.#wire = wire;
    this.#registry = registry;
    this.#credentials = credentials;
    this.#signal = signal;
    this.#waits = waits;
  }

  /** Adds scopes that will be needed: the next token is requested for all of them. */
  expect(scopes: Iterable<TokenScope>): void {
    for (const scope of scopes) this.#expected.add(scope);
  }

  /** Returns a token that covers the scopes. @throws RegistryError when the token server doesn't give one */
  async tokenFor(scopes: readonly TokenScope[], server: TokenServer): Promise<string> {
    const held = this.#holds(scopes);
    if (held !== undefined) return held.value;
    const key = this.#single ? scopes.map(scopeText).join(' ') : 'all';
    const under = this.#requesting.get(key);
    if (under !== undefined) {
      const token = await under;
      if (scopes.every((scope) => token.scopes.covers(scope))) return token.value;
      return this.tokenFor(scopes, server);
    }
    const asked = this.#requestToken(scopes, server).finally(() => this.#requesting.delete(key));
    this.#requesting.set(key, asked);
    return (await asked).value;
  }

  /** Records that the registry refused a token: it isn't used again. @returns true where another try makes sense */
  recordRefused(value: string, insufficient: boolean): boolean {
    const at = this.#held.findIndex((token) => token.value === value);
    const token = this.#held[at];
    if (at !== -1) this.#held.splice(at, 1);
    const several = token !== undefined && [...token.scopes].length > 1;
    if (several && insufficient) this.#single = true;
    return several || !insufficient;
  }

  /**
   * Records that a header was refused as too long. Where it may be a token for several repositories, each gets its own from
   * now on. @returns true where another try makes sense
   */
  recordTooLong(value: string): boolean {
    const token = this.#held.find((each) => each.value === value);
    if (value.length < longToken || token === undefined || [...token.scopes].length < 2) return false;
    this.#single = true;
    this.#held.splice(this.#held.indexOf(token), 1);
    return true;
  }

  #holds(scopes: readonly TokenScope[]): Token | undefined {
    const now = Date.now();
    return this.#held.find(({ until, scopes: has }) => until > now && scopes.every((scope) => has.covers(scope)));
  }

  async #requestToken(scopes: readonly TokenScope[], server: TokenServer): Promise<Token> {
    const [first] = scopes;
    const repository = first === undefined || first === 'catalog' ? undefined : first.repository;
    const credentials = await this.#credentials(repository);
    const wanted = await this.#joinScopes(scopes, credentials);
    const answer = await this.#request(server, wanted, credentials);
    const lifetime = Number(answer.expires_in ?? 0);
    const seconds = lifetime > 0 && Number.isFinite(lifetime) ? lifetime : 60; // The default that distribution's token specification names.
    const value = answer.token || answer.access_token || undefined;
    if (value === undefined || !tokenShape.test(value)) {
      const gave = value === undefined ? `none${answer.why}` : 'one that cannot stand in a header';
      throw new RegistryError('protocol', `${server.realm.host}, the token server of ${this.#registry}, gave ${gave}`);
    }
    if (value.length > mostToken && wanted.length > scopes.length) {
      // It grows with its scopes. The next is for as many as fit.
      const fitting = Math.floor((wanted.length * mostToken) / value.length);
      this.#mostJoined = Math.max(scopes.length, Math.min(fitting, wanted.length - 1));
      return this.#requestToken(scopes, server);
    }
    const has = new ScopeSet();
    for (const scope of wanted) has.add(scope);
    const token = { value, scopes: has, until: Date.now() + (seconds - Math.min(30, seconds / 5)) * 1000 };
    this.#held.push(token);
    return token;
  }

  /**
   * Returns the scopes needed now, and as many of the expected ones as one request holds and the same account is for.
   */
  async #joinScopes(
    scopes: readonly TokenScope[],
    credentials: RegistryCredentials | undefined,
  ): Promise<TokenScope[]> {
    const wanted = scopes.map((scope) => (this.#single ? scope : this.#expected.widen(scope)));
    if (this.#single) return wanted;
    let length = 0;
    const account = JSON.stringify(credentials ?? null);
    for (const scope of this.#expected) {
      if (wanted.length >= this.#mostJoined) break;
      if (scopes.some((each) => sameName(each, scope)) || this.#holds([scope])) continue;
      if (scope !== 'catalog' && JSON.stringify((await this.#credentials(scope.repository)) ?? null) !== account)
        continue;
      length += scopeText(scope).length + '&scope='.length;
      if (length > mostScope) break;
      wanted.push(scope);
    }
    return wanted;
  }

  async #request(server: TokenServer, scopes: readonly TokenScope[], credentials: RegistryCredentials | undefined) {
    const attempt = `get a token for ${this.#registry} from ${server.realm.host}`;
    const { status, text } = await this.#sendWithRetries(attempt, server, scopes, credentials);
    if (status < 200 || status >= 300) {
      const error = answerError(attempt, 'GET', status, text);
      if (status !== 401 || credentials === undefined) throw error;
      const { explanation } = readErrorBody(text);
      const why = explanation === '' ? '' : ` (${explanation})`;
      throw new RegistryError('unauthorized', `could not ${attempt}: the account is not accepted${why}`, {
        status: 401,
        codes: error.codes,
        hint: `log in again with \`provision registry login ${this.#registry}\``,
      });
    }
    const parsed = reply.safeParse(tryBoundedJson(text));
    const { explanation, quoted } = readErrorBody(text);
    const why = quoted ? '' : `: ${explanation}`; // A token may stand in what is no answer of this kind.
    if (!parsed.success) throw new RegistryError('protocol', `could not ${attempt}: the answer is not a token${why}`);
    return { ...parsed.data, why };
  }

  /** Sends a token request, and retries where the connection or the server fails, or the answer says to wait. */
  async #sendWithRetries(
    attempt: string,
    server: TokenServer,
    scopes: readonly TokenScope[],
    credentials: RegistryCredentials | undefined,
  ): Promise<{ readonly status: number; readonly text: string }> {
    for (let tries = 1; ; tries += 1) {
      this.requests += 1;
      let wait = backOff(tries);
      try {
        const answer = await sendTokenRequest(this.#wire, server, scopes, credentials, {
          attempt,
          signal: this.#signal,
        });
        const text = await readText(answer, 1 << 20);
        const busy = answer.status === 429 || answer.status >= 500;
        if (!this.#waits && answer.status === 429) {
          const error = answerError(attempt, 'GET', 429, text);
          throw new RegistryError(error.kind, error.message, {
            status: 429,
            retryAfter: retryAfter(answer.headers),
          });
        }
        if (!busy || tries >= mostTries) return { status: answer.status, text };
        wait = Math.min(retryAfter(answer.headers) ?? wait, longestWait);
      } catch (error) {
        if (this.#signal?.aborted) throw lostError(attempt, this.#signal.reason, false);
        const lost = lostError(attempt, error, server.realm.protocol === 'https:');
        if (lost.kind !== 'unreachable' || tries >= mostTries) throw lost;
      }
      await sleep(wait, undefined, { signal: this.#signal }).catch((error: unknown) => {
        throw lostError(attempt, error, false);
      });
    }
  }
}

function sameName(one: TokenScope, other: TokenScope): boolean {
  if (one === 'catalog' || other === 'catalog') return one === other;
  return one.repository === other.repository;
}
