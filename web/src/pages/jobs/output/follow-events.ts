import type { ServiceJob, ServiceJobEvent } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { StreamText } from './stream-text.js';

/** Milliseconds that events are taken for at a time: between, the page answers its reader. */
const slice = 8;
/** Milliseconds between two tries where the stream was cut or refused. */
const againAfter = 1000;
/** Milliseconds without a word after which a stream is given up: the service says something each 15 seconds. */
const quietFor = 45_000;

interface FollowOptions {
  readonly id: string;
  /** Number of the last event that is known. */
  readonly last: () => number;
  readonly take: (event: ServiceJobEvent) => void;
  /** Called when something was taken. */
  readonly taken: () => void;
  readonly ended: (job: ServiceJob) => void;
  /** Called with true when the stream is cut, with false when it goes on. */
  readonly cut: (isCut: boolean) => void;
}

/**
 * Follows the events of a job to its end. A stream that is cut or refused is asked for again, behind the last event. It is read by
 * hand: an `EventSource` gives all that has come in one go, and the page stands still meanwhile.
 * @returns the end of it
 */
export function followEvents(options: FollowOptions): () => void {
  const stop = new AbortController();
  const follow = async () => {
    while (!stop.signal.aborted) {
      try {
        const job = await readStream(options, stop.signal);
        if (job !== undefined) return options.ended(job);
      } catch (error) {
        // A connection that is lost is a TypeError, one that is given up an AbortError.
        if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      }
      if (stop.signal.aborted) return;
      options.cut(true);
      await pause(againAfter);
    }
  };
  void follow();
  return () => stop.abort();
}

/** Reads events until the job or the stream ends. @returns the job, where it has ended */
async function readStream(
  { id, last, take, taken, cut }: FollowOptions,
  stop: AbortSignal,
): Promise<ServiceJob | undefined> {
  const given = new AbortController();
  const giveUp = () => given.abort();
  stop.addEventListener('abort', giveUp);
  let quiet = setTimeout(giveUp, quietFor);
  try {
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(last()) };
    const path = apiPath`/api/v1/jobs/${id}/events`;
    const { ok, body } = await fetch(path, { headers, signal: given.signal, cache: 'no-store' });
    if (!ok || body === null) return undefined;
    cut(false);
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const text = new StreamText();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      clearTimeout(quiet);
      quiet = setTimeout(giveUp, quietFor);
      text.add(decoder.decode(value, { stream: true }));
      let begun = performance.now();
      for (let event = text.next(); event !== undefined; event = text.next()) {
        if (event.kind === 'end') return JSON.parse(event.data);
        if (event.kind === '') take({ sequence: event.id, event: JSON.parse(event.data) });
        if (performance.now() - begun < slice) continue;
        taken();
        await pause(0);
        if (stop.aborted) return undefined;
        begun = performance.now();
      }
      taken();
    }
  } finally {
    clearTimeout(quiet);
    stop.removeEventListener('abort', giveUp);
    giveUp();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
