import { printableJson } from '../diagnostics/printable-json.js';
import type { Reporter } from './reporter.js';

/** Returns a reporter of JSON, one document a line: the events (`eventSchema`), then the report (`reportSchema`). */
export function jsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  const print = (document: unknown) => options.write(`${printableJson(document)}\n`);
  return { onEvent: print, end: print };
}
