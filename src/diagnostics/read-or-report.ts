import type { Diagnostics } from './diagnostic.js';
import { type ReadTextOptions, readTextFile } from './read-text.js';
import { reasonOf } from './reason.js';

/** Reads a text file as {@link readTextFile} does; an error is reported, and undefined returned. */
export function readOrReport(file: string, diagnostics: Diagnostics, options?: ReadTextOptions): string | undefined {
  try {
    return readTextFile(file, options);
  } catch (error) {
    diagnostics.add({ code: 'unreadable-file', message: `cannot read ${file}: ${reasonOf(error)}` });
    return undefined;
  }
}
