import { type Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { guardedLookup } from './link-local.js';

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable | Uint8Array | undefined;
  /** The address is one that a server gave, and another's than the registry's: it may be no link-local one. */
  readonly foreign?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the head of the answer, counted from the last byte that was sent. */
  readonly patience: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** Address of the answer, after redirects. */
  readonly url: URL;
}

/** No answer within its time. */
export class AnswerTimeout extends Error {}

/** The connection was lost before an answer, on a connection that had been kept: the server may just have closed it. */
export class StaleConnection extends Error {}

/** A request, and where it is sent when that isn't its own server. */
interface SentRequest extends WireRequest {
  readonly to?: URL;
  /** Text of the request line in place of the path. */
  readonly path?: string;
}

/** Sends one request, and waits for the head of its answer. */
export function sendRequest(
  { method, url, to = url, path, headers, body, foreign = false, signal, patience }: SentRequest,
  agent: Agent,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const start = to.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = start(to, {
      method,
      ...(path === undefined ? {} : { path }),
      headers,
      agent,
      ...(foreign && to === url ? { lookup: guardedLookup } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.destroy(new AnswerTimeout(`no answer in ${patience / 1000} s`)), patience);
    };
    let answered = false;
    request.once('response', (response) => {
      answered = true;
      clearTimeout(timer);
      // Answered before all was sent: whoever answers may never read the rest, and who comes next would wait behind it.
      if (!request.writableFinished || (request.socket?.writableLength ?? 0) > 0) {
        response.once('end', () => request.destroy());
      }
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response, url });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (answered) return; // The reader of the body gets the error from its stream.
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    wait();
    if (body === undefined || body instanceof Uint8Array) {
      request.end(body);
    } else {
      body.on('data', wait);
      pipeline(body, request, (error) => {
        if (error && !answered) reject(error);
      });
    }
  });
}
