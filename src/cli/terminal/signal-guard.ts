import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/**
 * Milliseconds between two signs of life, and the number of missing ones after which the program counts as computing.
 */
const beat = 250;
const missed = 5;

/** Name of the function that the thread calls, in the program's own thread, by way of the debugger. */
const handle = 'provision.letSignalsGo';

/** Functions that take signals, and give them back. */
export interface SignalListening {
  on(): void;
  off(): void;
}

/**
 * Gives signals back to Node while the program computes without a turn of its event loop. Node reports a signal between
 * two turns, so only SIGKILL could end a list or a role's own code that computes without end. A thread beside the
 * program sees that, stops the computation for a moment, and has it give the signals back: from then on the next one
 * ends the process at once. When the program comes to a turn again, it takes them anew.
 *
 * @param after milliseconds: the thread costs some 30 ms of a processor and 7 MiB, which a shorter program need not pay
 * @returns function that ends the guard
 */
export function guardSignals({ on, off }: SignalListening, after: number): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  let isOff = false;
  let worker: Worker | undefined;
  const letGo = () => {
    isOff = true;
    off();
    // Nothing of ours runs when a signal ends the process then.
    if (process.stdout.isTTY) writeSync(process.stdout.fd, '\x1b[?25h');
  };
  const pulse = setInterval(() => {
    Atomics.add(beats, 0, 1);
    if (isOff) on();
    isOff = false;
  }, beat).unref();
  const start = () => {
    Reflect.set(globalThis, Symbol.for(handle), letGo);
    worker = new Worker(watch, {
      eval: true,
      execArgv: [], // Those of the program are not for it.
      workerData: { beats: beats.buffer, beat, missed, handle },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    worker.on('error', () => {}); // Without it signals are heard between two turns, as everywhere.
  };
  const timer = after === 0 ? undefined : setTimeout(start, after).unref();
  if (timer === undefined) start();
  return () => {
    clearInterval(pulse);
    clearTimeout(timer);
    Reflect.deleteProperty(globalThis, Symbol.for(handle));
    void worker?.terminate();
  };
}

/* In the thread. The debugger's pause is what reaches into a computation, also into a RegExp's (inspector, connectToMainThread). */
const watch = `
const { workerData: { beats, beat, missed, handle } } = require('node:worker_threads');
const count = new Int32Array(beats);
let last = -1;
let silent = 0;
let isLetGo = false;
function letGo() {
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  session.on('Debugger.paused', () => {
    const expression = 'globalThis[Symbol.for(' + JSON.stringify(handle) + ')]?.()';
    session.post('Runtime.evaluate', { expression }, () => {
      session.post('Debugger.resume', () => session.post('Debugger.disable', () => session.disconnect()));
    });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}
setInterval(() => {
  const now = Atomics.load(count, 0);
  silent = now === last ? silent + 1 : 0;
  if (now !== last) isLetGo = false;
  last = now;
  if (silent < missed || isLetGo) return;
  isLetGo = true;
  letGo();
}, beat);
`;
