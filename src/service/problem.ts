/** Kinds of problems, each with its status of HTTP; a page of the documentation explains each. */
const statuses = {
  'invalid-request': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'version-mismatch': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  'version-required': 428,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemKind = keyof typeof statuses;

/** Error at one place of a request. */
export interface ProblemPlace {
  /** JSON pointer into the body (RFC 6901), or the name of a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

/** Refusal that a client is told (RFC 9457): what is wrong, and what to do. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly errors: readonly ProblemPlace[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    detail: string,
    more: { readonly errors?: readonly ProblemPlace[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return statuses[this.kind];
  }
}

/** Makes the refusal of what is not there, or may not be seen: nobody can tell which. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `there is no ${what}, or you may not see it`);
}
