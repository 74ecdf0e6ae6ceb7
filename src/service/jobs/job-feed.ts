import { setTimeout as sleep } from 'node:timers/promises';
import type { JobFolders } from './job-folders.js';
import type { JobStore } from './job-store.js';

/** Event of a job: its number, and its JSON document. */
export interface FedEvent {
  readonly sequence: number;
  readonly line: string;
}

/** Milliseconds between two looks for what was written meanwhile. */
const lookEvery = 200;

/**
 * Reads the events of a job behind a number, each once and in order, as they are written. Ends with the job.
 * @param waits false: it ends at what is there now
 */
export async function* jobEvents(
  { store, folders }: { readonly store: JobStore; readonly folders: JobFolders },
  id: string,
  after: number,
  signal: AbortSignal,
  waits = true,
): AsyncGenerator<FedEvent> {
  let sequence = 0;
  /** Bytes of whole lines that were read. */
  let read = 0;
  for (;;) {
    // Read before the look at its file: what a job writes before it has ended is then in it.
    const job = await store.find(id);
    const isOver = job === undefined || job.state === 'done';
    const stream = await folders.openEvents(id, read);
    let rest = '';
    if (stream !== undefined) {
      stream.setEncoding('utf8');
      for await (const chunk of stream) {
        const lines = `${rest}${String(chunk)}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          read += Buffer.byteLength(line) + 1;
          sequence += 1;
          if (sequence > after) yield { sequence, line };
          if (signal.aborted) return;
        }
      }
    }
    if (isOver || !waits || signal.aborted) return;
    await sleep(lookEvery, undefined, { signal }).catch(() => {}); // Aborted: the next turn ends it.
  }
}
