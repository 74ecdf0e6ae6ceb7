/** Limits of what is asked of one registry. */
export interface RegistryLimits {
  /** Requests begun a second at most. */
  readonly rate?: number | undefined;
  /** Requests at the same time at most; default 48. */
  readonly connections?: number | undefined;
  /** Bytes a second at most, of what is sent and of what is received, all transfers together. */
  readonly bandwidth?: number | undefined;
  /** Requests of its quota that are left to others. Default 0. */
  readonly reserve?: number | undefined;
}
