import type { Reporter } from './reporter.js';

/** Several reporters as one, each told of everything in this order. */
export function together(reporters: readonly Reporter[]): Reporter {
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
