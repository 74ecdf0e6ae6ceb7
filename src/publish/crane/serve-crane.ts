import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { Writable } from 'node:stream';
import { visibleMessage } from '../../diagnostics/printable.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { send } from '../../registry/server/answers/send.js';
import { type ServerTlsFiles, tlsServer } from '../../registry/server/tls-server.js';
import { RedirectFolder } from '../redirects/redirect-folder.js';
import { answerRequest } from './answer-request.js';
import { plainError, v2Error } from './answers.js';
import { type CertificateSources, type Identify, identifyBy } from './entitlements/client-certificate.js';
import type { CraneParts } from './parts.js';

/** Options of {@link serveCrane}. */
export interface CraneOptions extends Omit<CraneParts, 'redirects' | 'tagSeconds'> {
  /** Folder of redirect files. */
  readonly dataDir: string;
  /** Seconds between two looks at it. Default 60. */
  readonly interval?: number | undefined;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Default: plain http. With authorities of clients, their certificates open protected repositories. */
  readonly tls?: ServerTlsFiles | undefined;
  /** Header in which a proxy passes on certificates, and the proxies that may. Default: none. */
  readonly proxied?: Pick<CertificateSources, 'header' | 'proxies'> | undefined;
  /** Stream for a line a request. Default: none. */
  readonly log?: Writable | undefined;
  readonly errorLog: Writable;
}

/** Crane that runs. */
export interface CraneServer {
  /** `http://127.0.0.1:5001` */
  readonly url: string;
  readonly repositories: number;
  close(): Promise<void>;
}

/** Bytes of the headers of a request at most: a certificate is one of them. */
const largestHeaders = 64 * 1024;

/** Milliseconds that requests under way have when it stops. */
const lastRequests = 5000;

/** Starts Crane on a folder of redirect files. @throws Error when it cannot listen, or read its files */
export async function serveCrane(options: CraneOptions): Promise<CraneServer> {
  const { dataDir, interval = 60, host, port, tls, proxied, log, errorLog, ...parts } = options;
  const complain = (message: string) => void errorLog.write(logLine(`error ${message}`));
  const identify = identifyBy({ fromConnection: tls?.clientCa !== undefined, ...proxied });
  const redirects = new RedirectFolder({ folder: dataDir, interval, complain });
  const all: CraneParts = { ...parts, redirects, tagSeconds: interval };
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void answerAndLog(all, identify, { request, response, complain, log });
  const common = { requestTimeout: 60_000, headersTimeout: 30_000, keepAliveTimeout: 30_000, noDelay: true };
  const limits = { ...common, maxHeaderSize: largestHeaders };
  const files = tls?.clientCa === undefined ? tls : { ...tls, clientAuth: 'optional' as const };
  const server: Server =
    files === undefined ? createServer(limits, answer) : await tlsServer(files, limits, answer, complain);
  server.setTimeout(120_000);
  await redirects.start();
  try {
    await listen(server, host, port);
  } catch (error) {
    await redirects.close();
    throw error;
  }
  const { port: used } = server.address() as AddressInfo;
  const { images, manifests } = redirects.tables;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${isIP(host) === 6 ? `[${host}]` : host}:${used}`,
    repositories: images.size + manifests.size,
    close: async () => {
      await redirects.close();
      const cut = setTimeout(() => server.closeAllConnections(), lastRequests);
      const over = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await over;
      clearTimeout(cut);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly complain: (message: string) => void;
  readonly log: Writable | undefined;
}

async function answerAndLog(parts: CraneParts, identify: Identify, exchange: Exchange): Promise<void> {
  const { request, response, complain, log } = exchange;
  const { method = '', url = '', socket } = request;
  const from = socket.remoteAddress ?? '-';
  response.on('error', () => {}); // A lost connection; the writer gets the error as well.
  let answer: ServerAnswer;
  try {
    answer = await answerRequest(parts, identify, request);
  } catch (error) {
    complain(`${method} ${url.slice(0, 2000)}: ${error instanceof RegistryError ? error.message : String(error)}`);
    const status = error instanceof RegistryError && error.kind === 'corrupt' ? 502 : 503;
    answer = url.startsWith('/v2') ? v2Error(status) : plainError(status);
  }
  try {
    await send(request, response, answer);
  } catch (error) {
    complain(`${method} ${url.slice(0, 2000)}: ${String(error)}`);
    response.destroy();
  }
  log?.write(logLine(`${from} ${method} ${url.slice(0, 2000)} ${answer.status}`));
}

/** Writes a line of the log, with the time. Text of a client stays within it. */
function logLine(text: string): string {
  return `${new Date().toISOString()} ${visibleMessage(text)}\n`;
}
