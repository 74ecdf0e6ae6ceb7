import { printableJson } from '../diagnostics/printable-json.js';
import type { Reporter } from './reporter.js';

/** One JSON document a line: the events as they come (`eventSchema`), then the report of the run (`reportSchema`). */
export function jsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  const print = (document: unknown) => options.write(`${printableJson(document)}\n`);
  return { onEvent: print, end: print };
}
