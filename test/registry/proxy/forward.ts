import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FaultAction } from './faults.js';
import { faultyAnswer, faultyRequest } from './faulty-body.js';
import type { Counter } from './proxy-counts.js';

export interface Forwarding {
  readonly target: URL;
  readonly agent: Agent;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: FaultAction | undefined;
  /** Where clients are to stay. */
  readonly origin: string;
  readonly counter: Counter;
  /** The registry behind knows nothing of the proxy's tokens. */
  readonly hidesAccount: boolean;
}

/** Passes a request on to the registry and its answer back, with the fault in one of them. Ends both connections where that is the fault. */
export async function forward(forwarding: Forwarding): Promise<void> {
  const { target, agent, request, response, fault, counter } = forwarding;
  const headers: IncomingHttpHeaders = { ...request.headers, host: target.host };
  delete headers.connection;
  if (forwarding.hidesAccount) delete headers.authorization;
  const outgoing = send({
    agent,
    method: request.method,
    path: request.url,
    host: target.hostname,
    port: target.port,
    headers,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
  });
  response.once('close', () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  const sent = pipeline(
    counted(request, fault && faultyRequest(request, fault, sizeOf(request.headers)), (bytes) =>
      counter.received(bytes),
    ),
    outgoing,
  );
  const answer = await Promise.race([answered, sent.then(() => answered)]);
  sent.catch(() => {}); // The registry answered before it had read all: the answer counts.
  if (fault?.what === 'lost-answer') {
    answer.destroy();
    request.socket.resetAndDestroy();
    return;
  }
  const bodiless = request.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
  const size = bodiless ? undefined : sizeOf(answer.headers);
  response.writeHead(answer.statusCode ?? 502, headersFor(forwarding, answer.headers, size));
  await pipeline(
    counted(answer, fault && faultyAnswer(answer, fault, size), (bytes) => counter.sent(bytes)),
    response,
  );
}

function headersFor({ target, origin, fault }: Forwarding, answer: IncomingHttpHeaders, size: number | undefined) {
  const { connection: _, 'keep-alive': __, location, ...headers } = answer;
  const shorter = fault?.what === 'truncated' && size !== undefined;
  return {
    ...headers,
    ...(location === undefined ? {} : { location: stays(location, target, origin) }),
    ...(shorter ? { 'content-length': String(Math.max(0, size - fault.by)) } : {}),
  };
}

function stays(location: string, target: URL, origin: string): string {
  return location.startsWith(target.origin) ? `${origin}${location.slice(target.origin.length)}` : location;
}

function sizeOf(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** A body, or what a fault makes of it. A body as it is goes without a detour, as most do. */
function counted(
  body: IncomingMessage,
  faulty: AsyncIterable<Buffer> | undefined,
  count: (bytes: number) => void,
): Readable {
  if (faulty !== undefined) return Readable.from(each(faulty, count), { objectMode: false });
  return body.on('data', (piece: Buffer) => count(piece.length));
}

async function* each(body: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of body) {
    count(piece.length);
    yield piece;
  }
}
