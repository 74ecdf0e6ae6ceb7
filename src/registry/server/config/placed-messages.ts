import { InputError } from '../../../diagnostics/diagnostic.js';

/** Returns an error as lines: of each error in a file its place, what is wrong, and the advice. */
export function placedMessages(error: unknown): readonly string[] {
  if (!(error instanceof InputError)) return [error instanceof Error ? error.message : String(error)];
  return error.diagnostics.map(({ message, place, hint }) => {
    const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
    return `${where}${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
}
