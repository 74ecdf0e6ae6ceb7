import { Worker } from 'node:worker_threads';

/** Seconds that one input may take before its reader counts as hanging. */
const patience = 20;

/** Places of numbers in the shared memory. */
const cell = { reader: 0, seed: 1, attempt: 2 } as const;

/**
 * Ends this process when a reader doesn't come back, and says with which input: nothing in the same thread could. The
 * thread writes to the descriptor itself, as a worker's stderr goes through the thread that hangs.
 */
const program = `
const { workerData: { memory, names, patience } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const cells = new Int32Array(memory);
let last = '', since = Date.now();
setInterval(() => {
  const now = cells.join(' ');
  if (now !== last || cells[0] < 0) { last = now; since = Date.now(); return; }
  if (Date.now() - since < patience * 1000) return;
  writeSync(2, '\\nfuzz: ' + names[cells[0]] + ' hangs: FUZZ_READER="' + names[cells[0]] + '" FUZZ_SEED=' + cells[1] + ' FUZZ_CASE=' + cells[2] + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 250);
`;

export interface Watchdog {
  /** An input is about to be read. */
  watch(reader: string, seed: number, attempt: number): void;
  /** Nothing is being read. */
  rest(): void;
  stop(): Promise<void>;
}

/** A thread that watches over readers of these names. */
export function watchdog(names: readonly string[]): Watchdog {
  const memory = new SharedArrayBuffer(12);
  const cells = new Int32Array(memory).fill(-1);
  const worker = new Worker(program, { eval: true, workerData: { memory, names, patience } });
  worker.unref();
  return {
    watch(reader, seed, attempt) {
      cells[cell.seed] = seed;
      cells[cell.attempt] = attempt;
      cells[cell.reader] = names.indexOf(reader);
    },
    rest() {
      cells[cell.reader] = -1;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
