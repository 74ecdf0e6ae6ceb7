import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Bearer, type BearerOptions, scopesOf, tokenPath } from './bearer.js';
import { type Fault, type FaultAction, FaultPlan } from './faults.js';
import { forward } from './forward.js';
import { type OtherHost, otherHost } from './other-host.js';
import { Counter, type ProxyCounts } from './proxy-counts.js';
import { type RegistryRequest, registryRequest } from './request-kind.js';

export interface CountingProxyOptions {
  /** The registry behind it: `http://127.0.0.1:5000`. */
  readonly target: string;
  /** Wait before each request is looked at: the distance to a registry. */
  readonly delayMs?: number;
  readonly auth?: BearerOptions;
  readonly seed?: string | number;
  readonly faults?: readonly Fault[];
}

export interface CountingProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly counts: ProxyCounts;
  /** What the host saw that `redirect` sends to. */
  readonly elsewhere: OtherHost['seen'];
  /** From here on other faults, or none; counts begin anew. */
  reset(changes?: {
    readonly seed?: string | number;
    readonly faults?: readonly Fault[];
    readonly delayMs?: number;
  }): void;
  close(): Promise<void>;
}

/** A reverse proxy in front of a registry that counts, can be far away, can want tokens, and can go wrong. */
export async function countingProxy(options: CountingProxyOptions): Promise<CountingProxy> {
  const target = new URL(options.target);
  const counter = new Counter();
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const bearer = options.auth === undefined ? undefined : new Bearer(options.auth);
  const elsewhere = await otherHost(target, agent);
  let { delayMs = 0, seed = 0, faults = [] } = options;
  let plan = new FaultPlan(seed, faults);

  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    const asked = registryRequest(request.method ?? 'GET', request.url ?? '/', bearer && tokenPath);
    counter.began(asked.kind);
    response.once('close', () => counter.ended(response.headersSent ? response.statusCode : 0));
    answer(asked, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    counter.connected();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server)}`;

  async function answer(asked: RegistryRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (delayMs > 0) await pause(delayMs);
    const fault = plan.next(asked);
    if (fault !== undefined) counter.fault(fault.what);
    if (fault !== undefined && (await instead(fault, asked, request, response))) return;
    if (asked.kind === 'token' && bearer !== undefined) {
      const form = new URLSearchParams((await buffer(request)).toString());
      const { status, body } = bearer.token(asked.url, form, request.headers.authorization);
      return json(response, status, body);
    }
    const challenge = bearer?.challenge(asked, request.headers.authorization, url);
    if (challenge !== undefined) return unauthorized(response, challenge);
    await forward({
      target,
      agent,
      request,
      response,
      fault,
      origin: url,
      counter,
      hidesAccount: bearer !== undefined,
    });
  }

  /** Faults that answer in the registry's place. */
  async function instead(
    fault: FaultAction,
    asked: RegistryRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    switch (fault.what) {
      case 'reset':
        request.socket.resetAndDestroy();
        return true;
      case 'silence':
        await pause(fault.forMs, undefined, { ref: false });
        request.socket.destroy();
        return true;
      case 'status':
        if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
        json(response, fault.status, {
          errors: [{ code: fault.status === 429 ? 'TOOMANYREQUESTS' : 'UNKNOWN', message: 'the proxy says so' }],
        });
        return true;
      case 'error-in-body':
        response.writeHead(500, { 'content-type': 'application/json', 'content-length': '4000' });
        response.write('{"errors":[{"code":"UNKNOWN","message":"');
        await pause(5);
        request.socket.destroy();
        return true;
      case 'expired':
        if (bearer === undefined) return false;
        unauthorized(response, bearer.words(url, scopesOf(asked), 'invalid_token'));
        return true;
      case 'redirect':
        response.writeHead(307, { location: `${elsewhere.url}${asked.url.pathname}?signed=1`, 'content-length': '0' });
        response.end();
        return true;
      default:
        return false;
    }
  }

  return {
    url,
    host: `127.0.0.1:${portOf(server)}`,
    get counts() {
      return counter.counts;
    },
    get elsewhere() {
      return elsewhere.seen;
    },
    reset(changes = {}) {
      ({ delayMs = delayMs, seed = seed, faults = faults } = changes);
      plan = new FaultPlan(seed, faults);
      counter.reset();
    },
    async close() {
      await Promise.all([closed(server), elsewhere.close()]);
      agent.destroy();
    },
  };
}

async function closed(server: Server): Promise<void> {
  const over = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await over;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function unauthorized(response: ServerResponse, challenge: string): void {
  response.setHeader('www-authenticate', challenge);
  json(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] });
}

function json(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'docker-distribution-api-version': 'registry/2.0',
    'content-length': Buffer.byteLength(text),
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
