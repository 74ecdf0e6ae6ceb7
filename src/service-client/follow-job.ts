import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { answerContent, type ServiceRequests } from './requests.js';
import { ServiceAway } from './service-problem.js';
import type { ServiceJob, ServiceJobEvent } from './service-types.js';

/** Milliseconds between two tries to go on where a stream was cut. */
const pause = 500;
/** Tries in a row that bring nothing. */
const mostTries = 20;
/** Events that are asked for at once, where streams bring none. */
const pageSize = 100;

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
  const events = `/api/v1/jobs/${encodeURIComponent(id)}/events`;
  for (let left = mostTries; left > 0; left -= 1) {
    const before = last;
    try {
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(last) };
      // Without an end of its own: a job may take hours, and its stream has heartbeats.
      const answer = await requests.open(`GET ${events}`, undefined, { headers, signal, timeout: 0 });
      if (!answer.ok || answer.body === null) await answerContent(answer);
      for await (const message of messagesOf(answer)) {
        if (message.event === 'end') return JSON.parse(message.data) as ServiceJob;
        last = Number(message.id ?? last);
        yield { sequence: last, event: JSON.parse(message.data) };
      }
    } catch (error) {
      if (signal?.aborted === true || !isCut(error)) throw error;
      lost = error;
    }
    // What came at one time with the cut is lost to fetch. A page of events comes whole, or not at all.
    if (last === before) {
      for (const event of await somePage(requests, `${events}?after=${last}&limit=${pageSize}`, signal)) {
        last = event.sequence;
        yield event;
      }
    }
    if (last > before) left = mostTries;
    else await sleep(pause, undefined, signal === undefined ? {} : { signal });
  }
  throw new ServiceAway(`the events of job ${id} were cut off, and the service stays away`, { cause: lost });
}

/** Reads a page of events; none where the connection is lost once more. */
async function somePage(
  requests: ServiceRequests,
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly ServiceJobEvent[]> {
  try {
    const answer = await requests.open(`GET ${path}`, undefined, { signal });
    return (await answerContent<{ readonly items: readonly ServiceJobEvent[] }>(answer)).items;
  } catch (error) {
    if (signal?.aborted === true || !isCut(error)) throw error;
    return [];
  }
}

/**
 * Reads the messages of a stream. Each piece is parsed as it comes: a stream behind another drops what it has not passed on
 * when the connection is lost, and on a slow machine that may be all that came.
 */
async function* messagesOf({ body }: Response): AsyncGenerator<EventSourceMessage> {
  if (body === null) return;
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let turn = await reader.read(); !turn.done; turn = await reader.read()) {
      parser.feed(decoder.decode(turn.value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => {}); // What was cut can't be ended.
  }
}

/** Returns true for what fetch throws where a connection is lost. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError;
}
