import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyServerOptions } from 'fastify';
import { tlsServer } from '../../registry/server/tls-server.js';
import type { ServiceOptions } from '../config/service-options.js';

/** Listening server that answers once it is told to begin: its address stands in the answers. */
export interface OpenServer {
  readonly url: string;
  readonly options: FastifyServerOptions;
  begin(): void;
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Milliseconds for a request's headers, and between two requests. */
const limits = { headersTimeout: 20_000, requestTimeout: 0, keepAliveTimeout: 30_000 };
/** Milliseconds for the body of a request of the API. A push through a front takes what it takes. */
const bodyTimeout = 60_000;

/**
 * Listens.
 * @param take answers what is for a registry, and returns true for it
 * @throws Error of the system when it can't
 */
export async function openServer(
  { host, port, tls }: Pick<ServiceOptions, 'host' | 'port' | 'tls'>,
  complain: (message: string) => void,
  take: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<OpenServer> {
  let handler: Handler | undefined;
  const waiting: Parameters<Handler>[] = [];
  const answer: Handler = (request, response) => {
    if (handler === undefined) waiting.push([request, response]);
    else handler(request, response);
  };
  const server: Server =
    tls === undefined ? createServer(limits, answer) : await tlsServer(tls, limits, answer, complain);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let inner: Handler | undefined;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${isIP(host) === 6 ? `[${host}]` : host}:${bound}`,
    options: {
      serverFactory: (given) => {
        inner = given;
        return server;
      },
    },
    begin: () => {
      handler = (request, response) => {
        if (take(request, response)) return;
        endSlowBody(request);
        inner?.(request, response);
      };
      for (const each of waiting.splice(0)) handler(...each);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5000).unref();
      }),
  };
}

/** Ends the connection of a request whose body does not come. */
function endSlowBody(request: IncomingMessage): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => request.destroy(), bodyTimeout).unref();
  request.once('close', () => clearTimeout(timer));
}
