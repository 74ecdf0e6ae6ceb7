/**
 * What went wrong, for a program: `unauthorized` no or wrong account, `denied` an account that may not, `not-found`,
 * `rate-limited`, `unreachable` no connection, `tls`, `stalled` too few bytes a second, `corrupt` other bytes than the
 * digest says, `unsupported` what the server or we don't do, `read-only`, `server` 5xx, `protocol` an answer that the
 * specification doesn't allow, `input` a wrong list or reference, `interrupted`.
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

export interface RegistryErrorDetails {
  /** HTTP status, where one came. */
  readonly status?: number | undefined;
  /** Codes of the error body (distribution-spec, "Error Codes"): `MANIFEST_UNKNOWN`. */
  readonly codes?: readonly string[] | undefined;
  /** What to try. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** It was tried again as often as makes sense: whoever hears of it need not. */
  readonly final?: boolean | undefined;
}

/** What a registry, an archive or a list did wrong, worded for whoever asked: what was attempted, what came back, what to try. */
export class RegistryError extends Error {
  readonly status: number | undefined;
  readonly codes: readonly string[];
  readonly hint: string | undefined;
  readonly final: boolean;

  constructor(
    readonly kind: RegistryErrorKind,
    message: string,
    { status, codes = [], hint, cause, final = false }: RegistryErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RegistryError';
    this.status = status;
    this.codes = codes;
    this.hint = hint;
    this.final = final;
  }
}
