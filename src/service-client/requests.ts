import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceProblem } from './service-problem.js';

/** Service to talk to, and as whom. */
export interface ServiceAddress {
  /** `https://registry.example.com` */
  readonly url: string;
  /** Account with its password; undefined: none. */
  readonly account?: { readonly name: string; readonly password: string } | undefined;
  /** Access token in its place. */
  readonly token?: string | undefined;
  /** Milliseconds that a request may take. Default: two minutes. */
  readonly timeout?: number | undefined;
}

/** Parameters of a query; those that are undefined are left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** More of a request than its path and its body. */
export interface RequestMore {
  readonly query?: QueryValues | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that it may take; 0: any time. Default: that of the address. */
  readonly timeout?: number | undefined;
}

/** Page of a list. */
interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next?: string | null;
}

/** Tries of a request that the service was not reached by, or that it put off. */
const tries = 4;
/** Milliseconds that a service may put a request off for. */
const longestWait = 30_000;

/** Requests to a service. Each throws ServiceProblem where it refuses. */
export class ServiceRequests {
  readonly #base: string;
  readonly #address: ServiceAddress;

  /** @throws Error for an address that is none */
  constructor(address: ServiceAddress) {
    const { protocol, href } = new URL(address.url);
    if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${address.url}: must be http://… or https://…`);
    this.#base = href.replace(/\/+$/, '');
    this.#address = address;
  }

  /**
   * Sends a request of the API: `GET /api/v1/audit`. One that was cut is sent again; what it does is done once, by its
   * Idempotency-Key.
   */
  async send<Answer>(request: string, body?: unknown, more: RequestMore = {}): Promise<Answer> {
    const key = request.startsWith('GET ') ? {} : { 'Idempotency-Key': randomUUID() };
    const headers = { ...key, ...more.headers };
    for (let left = tries - 1; ; left -= 1) {
      const answer = await this.open(request, body, { ...more, headers }).catch((error: unknown) => {
        const isCut = error instanceof TypeError && error.message === 'fetch failed';
        if (!isCut || left === 0 || isUnknown(error)) throw error;
        return undefined;
      });
      const wait = answer === undefined ? 250 * (tries - left) : waitOf(answer);
      if (answer !== undefined && (wait === undefined || left === 0)) {
        try {
          return await answerContent<Answer>(answer);
        } catch (error) {
          // It was cut off in its middle.
          if (!(error instanceof TypeError) || left === 0) throw error;
        }
      } else await answer?.body?.cancel();
      await sleep(wait ?? 250 * (tries - left), undefined, more.signal === undefined ? {} : { signal: more.signal });
    }
  }

  /** Sends a request, and returns its answer as it comes. */
  async open(request: string, body: unknown, more: RequestMore): Promise<Response> {
    const { query = {}, headers = {}, signal, timeout = this.#address.timeout ?? 120_000 } = more;
    const [method = 'GET', path = ''] = request.split(' ');
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
    const search = given.size === 0 ? '' : `?${given}`;
    const signals = [...(signal === undefined ? [] : [signal]), ...(timeout > 0 ? [AbortSignal.timeout(timeout)] : [])];
    return await fetch(`${this.#base}${path}${search}`, {
      method,
      headers: {
        Accept: 'application/json',
        ...authorization(this.#address),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error', // An account goes to the service that was named, and nowhere else.
      signal: AbortSignal.any(signals),
    });
  }

  /** Lists everything, page by page. */
  async *pages<Item>(path: string, query: QueryValues = {}): AsyncGenerator<Item> {
    for (let after: string | undefined; ; ) {
      const { items, next } = await this.send<Listed<Item>>(`GET ${path}`, undefined, {
        query: { ...query, limit: 500, after },
      });
      yield* items;
      if (next === null || next === undefined) return;
      after = next;
    }
  }

  /** Lists everything that a POST with a body answers, page by page. */
  async *postedPages<Item>(path: string, body: unknown): AsyncGenerator<Item> {
    for (let after: string | undefined; ; ) {
      const { items, next } = await this.send<Listed<Item>>(`POST ${path}`, body, { query: { after } });
      yield* items;
      if (next === null || next === undefined) return;
      after = next;
    }
  }

  /** Returns all of a list that has no pages. */
  async items<Item>(path: string): Promise<Item[]> {
    return [...(await this.send<Listed<Item>>(`GET ${path}`)).items];
  }
}

/** Reads the content of an answer. @throws ServiceProblem where it is a refusal, and TypeError where it was cut off */
export async function answerContent<Answer>(answer: Response): Promise<Answer> {
  // A refusal is one, whatever stands in it: that of a proxy has a page.
  if (!answer.ok) throw ServiceProblem.from(answer.status, await answer.json().catch(() => undefined));
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** Returns the milliseconds after which a request is to be sent again; undefined: the answer is final. */
function waitOf({ status, headers }: Response): number | undefined {
  // 409 with a time: the same request, which was cut, is still being done.
  if (status !== 409 && status !== 429 && status !== 503) return undefined;
  const seconds = Number(headers.get('Retry-After') ?? 'none');
  return seconds * 1000 <= longestWait ? seconds * 1000 : undefined;
}

/** Returns true where no service will ever be: a name that is not known, a certificate that is not trusted. */
function isUnknown({ cause }: Error): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return !/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_SOCKET)$/.test(code);
}

function authorization({ account, token }: ServiceAddress): Record<string, string> {
  if (token !== undefined) return { Authorization: `Bearer ${token}` };
  if (account === undefined) return {};
  const text = `${account.name}:${account.password}`;
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}
