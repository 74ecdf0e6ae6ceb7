import { Worker } from 'node:worker_threads';

/** Ends the process when a signal asks for it that the program does not come to hear. */
export interface SignalGuard {
  /** The program has heard a signal. */
  heard(): void;
  release(): void;
}

/** Milliseconds that a computation may go on after a signal to end (SIGTERM, SIGHUP), and after a second Ctrl-C. */
const patience = { end: 3000, interruptTwice: 1000 };

/**
 * Listens to signals from a thread of its own. Node tells a program of a signal between two turns of its event loop: a
 * computation that does not end (a role's own code) would keep it from ever being told. Such a process is killed.
 * @param after milliseconds: the thread costs some 30 ms of a processor and 7 MiB, which what ends sooner need not pay
 */
export function guardSignals(after: number): SignalGuard {
  const heard = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker | undefined;
  const start = () => {
    worker = new Worker(listener, {
      eval: true,
      execArgv: [], // Those of the program are not for it.
      workerData: { heard: heard.buffer, patience },
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
    });
    worker.unref();
    worker.on('error', () => {}); // Without it signals are heard between two turns, as everywhere.
  };
  const timer = after === 0 ? undefined : setTimeout(start, after).unref();
  if (timer === undefined) start();
  return {
    heard: () => void Atomics.add(heard, 0, 1),
    release() {
      clearTimeout(timer);
      void worker?.terminate();
    },
  };
}

/*
 * A thread may not listen by process.on. The handle under it is had by process.binding alone, in Node 20 to 24; where that
 * is gone, nothing is guarded, and signal-guard.test.ts fails.
 */
const listener = `
const { writeSync } = require('node:fs');
const { constants: { signals } } = require('node:os');
const { workerData: { heard, patience } } = require('node:worker_threads');
process.noDeprecation = true;
const { Signal } = process.binding('signal_wrap');
const count = new Int32Array(heard);
let came = Atomics.load(count, 0);
let interrupts = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  const handle = new Signal();
  handle.onsignal = () => {
    const mine = ++came;
    if (name === 'SIGINT' && ++interrupts < 2) return;
    setTimeout(() => {
      if (Atomics.load(count, 0) >= mine) return;
      const cursor = require('node:tty').isatty(2) ? '\\x1b[?25h' : '';
      writeSync(2, cursor + '\\nprovision: stopped in the middle of a computation (' + name + ')\\n');
      process.kill(process.pid, 'SIGKILL');
    }, name === 'SIGINT' ? patience.interruptTwice : patience.end);
  };
  handle.start(signals[name]);
}
`;
