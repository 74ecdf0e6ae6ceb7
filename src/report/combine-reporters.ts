import type { Reporter } from './reporter.js';

/** Returns one reporter that passes everything on to several, in order. */
export function combineReporters(reporters: readonly Reporter[]): Reporter {
  return {
    onEvent(event) {
      for (const each of reporters) each.onEvent(event);
    },
    async end(report) {
      for (const each of reporters) await each.end(report);
    },
    async abandon() {
      for (const each of reporters) await each.abandon?.();
    },
  };
}
