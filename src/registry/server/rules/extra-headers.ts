import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerAnswer } from '../answers/answer.js';

/** Headers of answers beside the server's own, by name. */
export type HeaderValues = Readonly<Record<string, readonly string[]>>;

/** Headers that the server or the protocol sets: another value would break clients. */
const own =
  /^(?:accept-ranges|allow|cache-control|connection|content-.*|date|docker-.*|etag|host|keep-alive|link|location|oci-.*|range|retry-after|te|trailer|transfer-encoding|upgrade|www-authenticate)$/;

/** Returns why a header can't be added to answers; undefined: it can. */
export function headerProblem(name: string, values: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return `${name} is not the name of a header`;
  if (lower.startsWith('access-control-')) return `${name} is set by cors_origins. Use that`;
  if (own.test(lower)) return `${name} is set by the registry itself. Remove it`;
  const wrong = values.some((value) => !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value));
  return wrong ? `${name} has a value with characters that a header can not have` : undefined;
}

/** Returns true for what can be an origin in `cors_origins`: `https://ui.example.com`, or `*` for all. */
export function isOrigin(text: string): boolean {
  return text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const asked = 'Accept, Authorization, Content-Range, Content-Type, If-None-Match, Range';
const shown =
  'Content-Range, Docker-Content-Digest, Docker-Distribution-Api-Version, Docker-Upload-UUID, ETag, Link, Location, OCI-Filters-Applied, OCI-Subject, OCI-Tag, Range, Retry-After, WWW-Authenticate';

/** Headers that operators want in all answers, and those that let pages of other origins read them (Fetch, "CORS protocol"). */
export class ExtraHeaders {
  readonly #headers: readonly (readonly [string, readonly string[]])[];
  readonly #origins: readonly string[];

  /** @throws Error for a header that can't be added */
  constructor(headers: HeaderValues, origins: readonly string[]) {
    for (const [name, values] of Object.entries(headers)) {
      const problem = headerProblem(name, values);
      if (problem !== undefined) throw new Error(problem);
    }
    this.#headers = Object.entries(headers);
    this.#origins = origins;
  }

  /** Adds the headers to a response. */
  add({ headers }: IncomingMessage, response: ServerResponse): void {
    for (const [name, values] of this.#headers) response.setHeader(name, values);
    if (this.#origins.length === 0) return;
    const origin = this.#allowed(headers.origin);
    if (!this.#origins.includes('*')) response.appendHeader('Vary', 'Origin');
    if (origin === undefined) return;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', shown);
    // A browser sends an account for named origins only.
    if (origin !== '*') response.setHeader('Access-Control-Allow-Credentials', 'true');
  }

  /** Answers what a browser asks before a request of another origin; undefined: it is no such question. */
  preflight({ method, headers }: IncomingMessage): ServerAnswer | undefined {
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
    if (this.#allowed(headers.origin) === undefined) return undefined;
    const answer = { 'Access-Control-Allow-Methods': methods, 'Access-Control-Allow-Headers': asked };
    return { status: 204, headers: { ...answer, 'Access-Control-Max-Age': '600' } };
  }

  #allowed(origin: string | undefined): string | undefined {
    if (origin === undefined) return undefined;
    if (this.#origins.includes(origin)) return origin;
    return this.#origins.includes('*') ? '*' : undefined;
  }
}
