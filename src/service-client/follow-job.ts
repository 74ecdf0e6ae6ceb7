import { setTimeout as sleep } from 'node:timers/promises';
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { answerContent, type ServiceRequests } from './requests.js';
import { ServiceAway } from './service-problem.js';
import type { ServiceJob, ServiceJobEvent } from './service-types.js';

/** Milliseconds between two tries to go on where a stream was cut. */
const pause = 500;
/** Tries in a row that bring nothing. */
const mostTries = 20;

/**
 * Follows a job to its end: its events, each once and in order after any cut, and the job as it ended.
 * @throws ServiceProblem where it is not there or may not be seen, and ServiceAway where the service stays away
 */
export async function* followJob(
  requests: ServiceRequests,
  id: string,
  signal?: AbortSignal,
): AsyncGenerator<ServiceJobEvent, ServiceJob> {
  let last = 0;
  let lost: unknown;
  for (let left = mostTries; left > 0; left -= 1) {
    try {
      const path = `/api/v1/jobs/${encodeURIComponent(id)}/events`;
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(last) };
      // Without an end of its own: a job may take hours, and its stream has heartbeats.
      const answer = await requests.open(`GET ${path}`, undefined, { headers, signal, timeout: 0 });
      if (!answer.ok || answer.body === null) await answerContent(answer);
      for await (const message of messagesOf(answer)) {
        if (message.event === 'end') return JSON.parse(message.data) as ServiceJob;
        last = Number(message.id ?? last);
        left = mostTries;
        yield { sequence: last, event: JSON.parse(message.data) };
      }
    } catch (error) {
      if (signal?.aborted === true || !isCut(error)) throw error;
      lost = error;
    }
    await sleep(pause, undefined, signal === undefined ? {} : { signal });
  }
  throw new ServiceAway(`the events of job ${id} were cut off, and the service stays away`, { cause: lost });
}

async function* messagesOf({ body }: Response): AsyncGenerator<EventSourceMessage> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  try {
    for (let turn = await reader.read(); !turn.done; turn = await reader.read()) yield turn.value;
  } finally {
    await reader.cancel().catch(() => {}); // What was cut can't be ended.
  }
}

/** Returns true for what fetch throws where a connection is lost. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError;
}
