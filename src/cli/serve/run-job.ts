import { text } from 'node:stream/consumers';
import { takeInterrupts } from '../terminal/interrupt.js';
import { printText } from '../terminal/output.js';

/**
 * Runs a job of the service: what `provision run-job ID` does, which only the service starts. The id is there to find the process
 * by; what it does comes on standard input, where no list of processes shows it.
 */
export async function runJob(): Promise<number> {
  const input = await text(process.stdin);
  if (input === '') return 1; // The service ended before it said what to do.
  const interrupt = takeInterrupts(() => {}, 0);
  try {
    const { runChild } = await import('../../service/jobs/child/run-child.js');
    return await runChild(input, printText, interrupt.signal);
  } finally {
    interrupt.release();
  }
}
