import type { DiagnosticCode } from './codes.js';

/** A place in a file, as people count: lines and columns start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret underlines; 1 unless told. */
  readonly length?: number;
}

/** One mistake in the input, worded for the person who made it. */
export interface Diagnostic {
  /** Stable name of the kind of mistake, for example `unknown-key`. */
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly place?: Place | undefined;
  /** What was expected, or what to try: the nearest valid name, the right spelling. */
  readonly hint?: string | undefined;
}

/** Most mistakes whose messages are the error's own; all of them are in its list. */
const mostInMessage = 100;

/** Thrown when the input is wrong: carries every mistake that was found, none of which touched a host. */
export class InputError extends Error {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    /** Mistakes in a file, whatever host it is for: known before any is contacted. */
    readonly ofAnyHost = false,
  ) {
    super(
      diagnostics
        .slice(0, mostInMessage)
        .map((diagnostic) => diagnostic.message)
        .join('\n'),
    );
    this.name = 'InputError';
  }
}

/** Collects mistakes so that all of them are reported at once. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  add(diagnostic: Diagnostic): void {
    this.all.push(diagnostic);
  }

  /** @throws InputError if anything was collected */
  throwIfAny(): void {
    if (this.all.length > 0) throw new InputError(this.all);
  }
}
