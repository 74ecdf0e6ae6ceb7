import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { shortened, visibleMessage } from '../../diagnostics/printable.js';
import { anybody } from './access/caller.js';
import type { Admission, RequestGate } from './access/gate.js';
import { notAllowed, refusal, type ServerAnswer } from './answers/answer.js';
import { answerUpkeep, notAdministrator, upkeepLines } from './answers/answer-upkeep.js';
import { routeOf, type ServerRoute } from './answers/route.js';
import { send } from './answers/send.js';
import { handle } from './handle.js';
import { Metrics } from './metrics.js';
import type { Notifications } from './notifications/notifications.js';
import type { PullThrough } from './pull-through/pull-through.js';
import type { ExtraHeaders } from './rules/extra-headers.js';
import type { RateLimit } from './rules/rate-limit.js';
import { isCode, isMissing, isStorageError } from './storage/files.js';
import type { Store } from './store.js';

/** Status by which a request is counted whose body never came whole: there was nobody to send one to. */
const lostConnection = 499;

const open: Admission = { caller: anybody };

/** Parts of a listener that most servers have not. */
export interface ListenerExtras {
  readonly limit?: RateLimit | undefined;
  readonly headers?: ExtraHeaders | undefined;
  readonly notifications?: Notifications | undefined;
  readonly upstream?: PullThrough | undefined;
}

/** Handler of requests: each is authorized, routed, answered, counted and logged. */
export class Listener {
  readonly metrics = new Metrics();
  /** The server stops: every connection ends with its request. */
  closing = false;

  /** Accounts of requests whose password was right. */
  readonly #users = new WeakMap<IncomingMessage, string>();

  readonly #store: Store;
  readonly #gate: RequestGate | undefined;
  readonly #metricsPath: string;
  readonly #log: Writable | undefined;
  readonly #extras: ListenerExtras;

  constructor(
    store: Store,
    gate: RequestGate | undefined,
    metricsPath: string,
    log: Writable | undefined,
    extras: ListenerExtras,
  ) {
    this.#store = store;
    this.#gate = gate;
    this.#metricsPath = metricsPath;
    this.#log = log;
    this.#extras = extras;
  }

  /** @param way `socket`: the request comes by the socket for upkeep */
  async answer(request: IncomingMessage, response: ServerResponse, way: 'port' | 'socket' = 'port'): Promise<void> {
    const began = performance.now();
    const { method = '', socket } = request;
    const url = targetOf(request.url ?? '/');
    const { remoteAddress = '-' } = socket; // It is forgotten once the connection is closed.
    const mark = url.indexOf('?');
    const search = mark === -1 ? '' : url.slice(mark + 1);
    const asked = routeOf(mark === -1 ? url : url.slice(0, mark), this.#metricsPath);
    const route = this.#extras.upstream?.routeOf(asked, new URLSearchParams(search)) ?? asked;
    this.metrics.inFlight += 1;
    response.on('error', () => {}); // A lost connection; the writer gets the error as well.
    const answer = await this.#attempt(request, route, search, way);
    const { notifications, headers } = this.#extras;
    if (notifications !== undefined) await notifications.record(request, route, answer, this.#users.get(request));
    if (this.closing) response.shouldKeepAlive = false;
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    headers?.add(request, response);
    let sent = 0;
    try {
      sent = await send(request, response, answer);
    } catch (error) {
      this.#complain(request, error);
    }
    this.metrics.inFlight -= 1;
    const seconds = (performance.now() - began) / 1000;
    const received = Number(request.headers['content-length'] ?? 0);
    const status = !request.complete && socket.destroyed ? lostConnection : answer.status;
    this.metrics.recordRequest(method, route.kind, status, seconds, sent, received);
    this.#log?.write(requestLine(remoteAddress, request, status, sent, seconds, this.#users.get(request)));
  }

  async #attempt(
    request: IncomingMessage,
    route: ServerRoute,
    search: string,
    way: 'port' | 'socket',
  ): Promise<ServerAnswer> {
    try {
      const preflight = this.#extras.headers?.preflight(request);
      if (preflight !== undefined) return preflight;
      const byKey = route.kind === 'upkeep' && this.#store.presence.opens(request.headers.authorization);
      if (way === 'socket' && !byKey) return refusal(403, 'DENIED', 'this socket is for the upkeep, with its key');
      const isOpen = byKey || this.#gate === undefined || route.kind === 'health' || route.kind === 'storage-health';
      const admission: Admission = isOpen ? open : await this.#gate.admit(request, route);
      const account = admission.caller?.account;
      if (account !== undefined) this.#users.set(request, account);
      const tooMany = this.#extras.limit === undefined ? undefined : this.#limited(request, route, account);
      if (tooMany !== undefined) return tooMany;
      if (admission.answer !== undefined) return admission.answer;
      if (route.kind === 'metrics') return this.#figures(request);
      if (route.kind === 'token') return refusal(404, 'UNSUPPORTED', 'tokens are not issued here');
      if (route.kind === 'upkeep') {
        const may = byKey || (this.#gate === undefined ? this.#store.rules.deletes : admission.caller.mayAdminister());
        return may ? await answerUpkeep(this.#store, request, route.task, byKey) : notAdministrator();
      }
      const query = new URLSearchParams(search);
      return await handle(this.#store, request, route, query, admission.caller, this.#extras.upstream);
    } catch (error) {
      if (isMissing(error) && route.kind === 'upload') {
        return refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'the upload was ended by another request');
      }
      this.#complain(request, error);
      if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) return refusal(507, 'UNKNOWN', 'the storage is full');
      const what = isStorageError(error) ? 'the storage' : 'the registry itself';
      return refusal(500, 'UNKNOWN', `${what} failed; see the log`);
    }
  }

  #limited({ socket }: IncomingMessage, { kind }: ServerRoute, account: string | undefined): ServerAnswer | undefined {
    if (kind === 'health' || kind === 'storage-health' || kind === 'metrics') return undefined;
    return this.#extras.limit?.take(account, socket.remoteAddress ?? '-');
  }

  #figures({ method }: IncomingMessage): ServerAnswer {
    if (method !== 'GET' && method !== 'HEAD') return notAllowed('GET, HEAD');
    const { uploads, quotas } = this.#store;
    const { notifications, upstream } = this.#extras;
    const more = [...quotas.metricLines(), ...(notifications?.metricLines() ?? []), ...(upstream?.metricLines() ?? [])];
    return this.metrics.answer(uploads.open, [...upkeepLines(this.#store), ...more]);
  }

  #complain({ method, url }: IncomingMessage, error: unknown): void {
    const bug = error instanceof Error && !isStorageError(error) ? error.stack : undefined;
    const text = (bug ?? String(error)).replaceAll(/\s*\n\s*/g, ' ');
    this.#store.complain(`${method} ${loggedUrl(url ?? '')}: ${shortened(text, 2000)}`);
  }
}

/** Returns the path and query of a request, also of one that names the server as requests to proxies do (RFC 9112, 3.2.2). */
function targetOf(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
}

function requestLine(
  from: string,
  { method, url = '', headers }: IncomingMessage,
  status: number,
  sent: number,
  seconds: number,
  user: string | undefined,
): string {
  const agent = JSON.stringify(shortened(headers['user-agent'] ?? '', 500));
  const account = user === undefined ? '-' : JSON.stringify(shortened(user, 200));
  return logLine(`${from} ${method} ${loggedUrl(url)} ${status} ${sent} ${seconds.toFixed(4)} ${agent} ${account}`);
}

/** Returns an address as the log has it: without a token. */
function loggedUrl(url: string): string {
  return shortened(url.replaceAll(/([?&]access_token=)[^&]*/gi, '$1…'), 2000);
}

/**
 * Writes a line of the server's log, with the time. Text of a client stays within the line, and is of bounded length.
 */
export function logLine(text: string): string {
  return `${new Date().toISOString()} ${visibleMessage(text)}\n`;
}
