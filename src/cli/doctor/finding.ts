/** How bad: nothing to do, worth knowing, or in the way of a run. */
export type Level = 'ok' | 'note' | 'problem';

/** Something that was looked at, what was found, and what to try. */
export interface Finding {
  readonly level: Level;
  readonly message: string;
  readonly hint?: string;
}

export function ok(message: string): Finding {
  return { level: 'ok', message };
}

export function note(message: string, hint?: string): Finding {
  return { level: 'note', message, ...(hint === undefined ? {} : { hint }) };
}

export function problem(message: string, hint?: string): Finding {
  return { level: 'problem', message, ...(hint === undefined ? {} : { hint }) };
}

/** What was found about one thing: this machine, or a host. */
export interface Examined {
  /** Undefined: this machine. */
  readonly host: string | undefined;
  /** The host could not be reached at all. */
  readonly unreachable: boolean;
  readonly findings: readonly Finding[];
}
