import { Agent as HttpAgent } from 'node:http';
import { globalAgent, Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { RegistryTrust } from '../registry.js';
import { type HttpProxy, proxyAuthorization, proxyFor } from './proxy/http-proxy.js';
import { refusalOf, tunnelThrough, unreachableProxy } from './proxy/tunnel.js';
import { sendRequest, type WireAnswer, type WireRequest } from './send-request.js';
import { readTlsRefusal } from './tls-refusal.js';

/** Opens a connection to a host and port: by default a socket of this machine, else for example a channel of an SSH connection. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

/** Sends single HTTP requests over connections that are kept, with the trust of one registry. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/**
 * Opens the connections to one registry, and to where it leads.
 * @param dial opens them; default: sockets of this machine, through the proxies that `env` names
 */
export function openWire(trust: RegistryTrust, dial: Dial | undefined, env: NodeJS.ProcessEnv = process.env): Wire {
  const options = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64, scheduling: 'lifo' as const };
  const secure = tlsOptions(trust);
  const http = new HttpAgent(options);
  const https = new HttpsAgent({ ...options, ...secure });
  if (dial !== undefined) {
    Object.assign(http, { createConnection: connectByDial(dial) });
    Object.assign(https, { createConnection: connectByDial(dial, secure) });
  }
  const tunnels = new Map<string, HttpsAgent>();
  const tunnelAgent = (proxy: HttpProxy) => {
    const known = tunnels.get(proxy.url.href);
    if (known !== undefined) return known;
    const agent = new HttpsAgent({ ...options, ...secure });
    Object.assign(agent, { createConnection: connectByDial(tunnelThrough(proxy), secure) });
    tunnels.set(proxy.url.href, agent);
    return agent;
  };
  const sendSecurely = (request: WireRequest, proxy: HttpProxy | undefined) =>
    sendRequest(request, proxy === undefined ? https : tunnelAgent(proxy)).catch((error: Error) => {
      throw readTlsRefusal(error, request.url.host, trust.cert) ?? error;
    });
  return {
    async send(request) {
      const proxy = dial === undefined ? proxyFor(request.url, env) : undefined;
      if (request.url.protocol === 'https:') return sendSecurely(request, proxy);
      return proxy === undefined ? sendRequest(request, http) : sendToProxy(request, proxy, http);
    },
    close() {
      for (const agent of [http, https, ...tunnels.values()]) agent.destroy();
    },
  };
}

/** Sends a request of plain http to a proxy, which has the whole address in its first line (RFC 9112, 3.2.2). */
async function sendToProxy(request: WireRequest, proxy: HttpProxy, agent: HttpAgent): Promise<WireAnswer> {
  const { url } = request;
  const headers = { ...request.headers, host: url.host, ...proxyAuthorization(proxy) };
  const isSecure = proxy.url.protocol === 'https:';
  let answer: WireAnswer;
  try {
    answer = await sendRequest({ ...request, headers, path: url.href, to: proxy.url }, isSecure ? globalAgent : agent);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw unreachableCodes.has(code) && error instanceof Error ? unreachableProxy(proxy, error) : error;
  }
  if (answer.status !== 407) return { ...answer, url };
  answer.body.destroy();
  throw refusalOf(proxy, answer.status, url.origin);
}

/** Codes of errors that come before a connection to a proxy. */
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

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
