/** Refusal of the API (RFC 9457), as pages show it. */
export interface ApiProblem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Fields that are wrong (`pointer`), with the reason of each. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** Seconds after which it may be tried again; undefined: nobody said. */
  readonly retryAfter?: number;
}

/** Refusal that a request to the API got. */
export class ApiError extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Answer of the API, as a transport brings it. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  /** Entity tag; empty: there is none. */
  readonly etag: string;
  /** Value of `Retry-After`. */
  readonly retryAfter?: string | null;
}

/** Request to the API. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Transport of requests to the API: in a browser fetch, on the server a call without a network. */
export type ApiTransport = (request: ApiRequest) => Promise<ApiAnswer>;

/** API of the service, with the rights of whoever looks at the page. */
export class Api {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  /** Reads something. @throws ApiError */
  async get<Answer>(path: string): Promise<Answer> {
    return await this.send<Answer>('GET', path);
  }

  /** Reads something that may be missing, or closed to the reader: then it is undefined. @throws ApiError otherwise */
  async find<Answer>(path: string): Promise<Answer | undefined> {
    try {
      return await this.get<Answer>(path);
    } catch (error) {
      if (error instanceof ApiError && [401, 403, 404, 409].includes(error.problem.status)) return undefined;
      throw error;
    }
  }

  /** Sends a request. @throws ApiError */
  async send<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { value } = await this.sendForTag<Answer>(method, path, body, headers);
    return value;
  }

  /** Sends a request, and returns the entity tag of the answer as well. @throws ApiError */
  async sendForTag<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly value: Answer; readonly etag: string }> {
    const { status, text, etag, retryAfter } = await this.#transport({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const value: unknown = text === '' ? null : parse(text);
    if (status >= 400) throw new ApiError(problemOf(status, value, retryAfter ?? ''));
    return { value: value as Answer, etag };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // An answer of a proxy, or a text.
  }
}

function problemOf(status: number, value: unknown, retryAfter: string): ApiProblem {
  const { title, detail, errors } = (typeof value === 'object' && value !== null ? value : {}) as Partial<ApiProblem>;
  return {
    status,
    title: title ?? '',
    detail: detail ?? '',
    errors: Array.isArray(errors) ? errors : [],
    ...(/^\d+$/.test(retryAfter) ? { retryAfter: Number(retryAfter) } : {}),
  };
}

/** Returns a path of the API with each of its parts encoded: `path\`/api/v1/users/${name}\``. */
export function apiPath(texts: TemplateStringsArray, ...values: readonly string[]): string {
  return texts
    .map((text, index) => text + (index < values.length ? encodeURIComponent(values[index] ?? '') : ''))
    .join('');
}

/** Returns a query behind its `?`; without the values that are undefined or empty. Nothing where all are. */
export function apiQuery(values: Readonly<Record<string, string | number | boolean | undefined | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
