import type { DiagnosticCode } from './codes.js';

/** Place in a file, as people count: lines and columns start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Number of characters that the caret underlines; default 1. */
  readonly length?: number;
}

/** One error in the input, worded for the person who made it. */
export interface Diagnostic {
  /** Stable name of the kind of error, for example `unknown-key`. */
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly place?: Place | undefined;
  /** Advice: the nearest valid name, the right spelling, or the values that are expected. */
  readonly hint?: string | undefined;
  /** Variable that it is about, where that is written in no file. */
  readonly variable?: string | undefined;
}

/** Number of errors whose messages are in the message of the whole; all of them are in its list. */
const mostInMessage = 100;

/** Error that is thrown when the input is wrong. It carries every error that was found; no host has been contacted. */
export class InputError extends Error {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    /** True for errors in a file, whatever host it is for: they are known before any is contacted. */
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

/** Collection of errors, so that all of them are reported at once. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  /** Adds an error. */
  add(diagnostic: Diagnostic): void {
    this.all.push(diagnostic);
  }

  /** @throws InputError if anything was collected */
  throwIfAny(): void {
    if (this.all.length > 0) throw new InputError(this.all);
  }
}
