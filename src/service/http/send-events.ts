import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problem.js';

/** Event of a stream. */
export interface SentEvent {
  readonly id?: number;
  readonly event?: string;
  /** One line. */
  readonly data: string;
}

/** Milliseconds between comments that keep proxies from closing a quiet stream. */
const heartbeat = 15_000;
/** Milliseconds after which a client that was cut off comes back. */
const retry = 1000;
/** Streams at a time of all clients, and of one address. */
const mostStreams = 500;
const mostOfAddress = 20;

const open = new Map<string, number>();

/**
 * Sends events as a stream (SSE) until there are no more, or the client is gone. An error in its middle cuts it off: the client
 * comes back.
 * @param complain takes such an error
 * @throws Problem where there are too many streams
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncIterable<SentEvent>,
  complain: (message: string) => void,
): Promise<never> {
  const all = [...open.values()].reduce((sum, number) => sum + number, 0);
  const own = open.get(request.ip) ?? 0;
  if (own >= mostOfAddress || all >= mostStreams) {
    throw new Problem('too-many-requests', 'too many streams of events are open: close one', {
      headers: { 'Retry-After': '10' },
    });
  }
  open.set(request.ip, own + 1);
  const gone = new AbortController();
  const over = aborted(gone.signal);
  const { raw } = reply;
  raw.once('close', () => gone.abort());
  reply.hijack();
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  raw.writeHead(200, {
    ...Object.fromEntries(headers),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const write = async (text: string) => {
    if (!raw.write(text) && !gone.signal.aborted) await Promise.race([once(raw, 'drain'), over]);
  };
  const beat = setInterval(() => void raw.write(': \n\n'), heartbeat);
  try {
    await write(`retry: ${retry}\n\n`);
    for await (const { id, event, data } of events(gone.signal)) {
      await write(
        `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`,
      );
      if (gone.signal.aborted) break;
    }
    raw.end();
  } catch (error) {
    if (!gone.signal.aborted) complain(`${request.id} the events of ${request.url.split('?')[0]}: ${String(error)}`);
    raw.destroy();
  } finally {
    clearInterval(beat);
    const left = (open.get(request.ip) ?? 1) - 1;
    if (left === 0) open.delete(request.ip);
    else open.set(request.ip, left);
  }
  return undefined as never;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
