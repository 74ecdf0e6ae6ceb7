/** Severity: in order, worth knowing, or a problem for runs. */
export type Level = 'ok' | 'note' | 'problem';

/** Result of one check, with a hint. */
export interface Finding {
  readonly level: Level;
  readonly message: string;
  readonly hint?: string;
}

/** Returns a finding that is in order. */
export function ok(message: string): Finding {
  return { level: 'ok', message };
}

/** Returns a finding that is worth knowing. */
export function notice(message: string, hint?: string): Finding {
  return { level: 'note', message, ...(hint === undefined ? {} : { hint }) };
}

/** Returns a finding that runs will fail for. */
export function problem(message: string, hint?: string): Finding {
  return { level: 'problem', message, ...(hint === undefined ? {} : { hint }) };
}

/** Results of all checks of one thing: this machine, or a host. */
export interface Examined {
  /** Name of the host; undefined for this machine. */
  readonly host: string | undefined;
  /** True for a host that could not be reached at all. */
  readonly unreachable: boolean;
  readonly findings: readonly Finding[];
}
