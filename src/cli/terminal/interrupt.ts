import { setMaxListeners } from 'node:events';
import { guardSignals } from './signal-guard.js';

/** Ctrl-C, for a run. */
export interface Interrupt {
  /** Signal that the first one aborts: no new tasks are started, those under way end. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Returns the sentence for the first Ctrl-C: the tasks of a run, or requests to a registry, are finished. */
export function interruptedText(work: 'tasks' | 'requests'): string {
  return `interrupted: finishing the ${work} under way (Ctrl-C again to stop now)`;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Takes Ctrl-C, and the signals that mean the same. The first calls `announce` and aborts the signal; the second ends
 * the process with 130. While the program computes and hears nothing, a signal ends it at once.
 * @param guardAfter milliseconds until such computations are watched for: 0 where the code of others may run at once
 */
export function takeInterrupts(announce: () => void, guardAfter = 1000): Interrupt {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // Each request under way listens, and there may be hundreds.
  const listener = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    announce();
  };
  const on = () => {
    for (const signal of signals) process.on(signal, listener);
  };
  const off = () => {
    for (const signal of signals) process.removeListener(signal, listener);
  };
  on();
  const endGuard = guardSignals({ on, off }, guardAfter);
  return {
    signal: controller.signal,
    release() {
      endGuard();
      off();
    },
  };
}
