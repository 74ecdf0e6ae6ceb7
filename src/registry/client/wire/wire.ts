import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type Duplex, pipeline, type Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { RegistryTrust } from '../registry.js';
import { guardedLookup } from './link-local.js';
import { readTlsRefusal } from './tls-refusal.js';

/** Opens a connection to a host and port: by default a socket of this machine, else for example a channel of an SSH connection. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

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

/** Sends single HTTP requests over connections that are kept, with the trust of one registry. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** No answer within its time. */
export class AnswerTimeout extends Error {}

/** The connection was lost before an answer, on a connection that had been kept: the server may just have closed it. */
export class StaleConnection extends Error {}

export function openWire(trust: RegistryTrust, dial: Dial | undefined): Wire {
  const options = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64, scheduling: 'lifo' as const };
  const secure = tlsOptions(trust);
  const http = new HttpAgent(options);
  const https = new HttpsAgent({ ...options, ...secure });
  if (dial !== undefined) {
    Object.assign(http, { createConnection: connectByDial(dial) });
    Object.assign(https, { createConnection: connectByDial(dial, secure) });
  }
  return {
    send: (request) =>
      request.url.protocol === 'https:'
        ? send(request, https).catch((error: Error) => {
            throw readTlsRefusal(error, request.url.host, trust.cert) ?? error;
          })
        : send(request, http),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function tlsOptions({ ca, cert, key, verify }: RegistryTrust) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(verify === false ? { rejectUnauthorized: false } : {}),
  };
}

type ConnectCallback = (error: Error | null, socket?: Duplex) => void;

function connectByDial(dial: Dial, secure?: ReturnType<typeof tlsOptions>) {
  return (options: { host: string; port: number | string; servername?: string }, done: ConnectCallback): undefined => {
    dial(options.host, Number(options.port)).then(
      (socket) => {
        if (secure === undefined) return done(null, asSocket(socket));
        const { host } = options;
        // An address is no server name (RFC 6066, section 3); the certificate is checked for it all the same.
        const wrapped = connectTls({
          ...secure,
          socket,
          host,
          servername: options.servername || (isIP(host) ? '' : host),
        });
        wrapped.once('secureConnect', () => done(null, wrapped));
        wrapped.once('error', (error) => done(error));
      },
      (error: Error) => done(error),
    );
  };
}

/** Adds what an agent sets on sockets and channels of ssh lack. */
function asSocket(stream: Duplex): Duplex {
  if ('setKeepAlive' in stream) return stream;
  const same = () => stream;
  return Object.assign(stream, { setKeepAlive: same, setNoDelay: same, setTimeout: same, ref: same, unref: same });
}

function send(
  { method, url, headers, body, foreign = false, signal, patience }: WireRequest,
  agent: HttpAgent,
): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = start(url, {
      method,
      headers,
      agent,
      ...(foreign ? { lookup: guardedLookup } : {}),
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
