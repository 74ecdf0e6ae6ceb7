/**
 * Kind of an error, for a program. `unauthorized`: no or a wrong account; `denied`: the account has no permission;
 * `unreachable`: no connection; `stalled`: too few bytes a second; `corrupt`: other bytes than the digest says;
 * `unsupported`: by the server or here; `server`: 5xx; `protocol`: an answer that the specification doesn't allow;
 * `input`: a wrong list or reference.
 */
export type RegistryErrorKind =
  | 'unauthorized'
  | 'denied'
  | 'not-found'
  | 'rate-limited'
  | 'unreachable'
  | 'tls'
  | 'stalled'
  | 'corrupt'
  | 'unsupported'
  | 'read-only'
  | 'server'
  | 'protocol'
  | 'input'
  | 'interrupted';

/** Details of a {@link RegistryError}. */
export interface RegistryErrorDetails {
  /** HTTP status, where one came. */
  readonly status?: number | undefined;
  /** Codes of the error body (distribution-spec, "Error Codes"): `MANIFEST_UNKNOWN`. */
  readonly codes?: readonly string[] | undefined;
  /** Advice that begins with an imperative. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** True after all retries that make sense: the caller need not retry. */
  readonly final?: boolean | undefined;
  /** True where the server seems to speak TLS, and was asked by plain http. */
  readonly speaksTls?: boolean | undefined;
  /** Milliseconds for which the server wants no more requests (Retry-After). */
  readonly retryAfter?: number | undefined;
}

/** Error of a registry, an archive or a list: its message says what was attempted and what came back. */
export class RegistryError extends Error {
  readonly status: number | undefined;
  readonly codes: readonly string[];
  readonly hint: string | undefined;
  readonly final: boolean;
  readonly speaksTls: boolean;
  readonly retryAfter: number | undefined;

  constructor(
    readonly kind: RegistryErrorKind,
    message: string,
    { status, codes = [], hint, cause, final = false, speaksTls = false, retryAfter }: RegistryErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RegistryError';
    this.status = status;
    this.codes = codes;
    this.hint = hint;
    this.final = final;
    this.speaksTls = speaksTls;
    this.retryAfter = retryAfter;
  }
}
