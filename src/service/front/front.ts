import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { TokenGate } from '../../registry/server/access/tokens/token-gate.js';
import type { TokenVerifier } from '../../registry/server/access/tokens/token-verifier.js';
import { json, refusal, type ServerAnswer } from '../../registry/server/answers/answer.js';
import { routeOf, type ServerRoute } from '../../registry/server/answers/route.js';
import { send } from '../../registry/server/answers/send.js';
import { type Member, passedOn } from './member.js';
import type { Members } from './members.js';

/** Milliseconds until the head of an answer: to a read, and to what a host may work on for long. */
const patience = { look: 3000, read: 30_000, write: 600_000 };

/** Parts of a front. */
export interface FrontParts {
  readonly members: Members;
  readonly verifier: TokenVerifier;
  /** Makes a short token for pulls of a repository, for an address. */
  readonly pullToken: (account: string, repository: string) => Promise<string>;
  readonly complain: (message: string) => void;
}

/**
 * Front of a registry of several hosts. What changes something, and what changes (tags, listings), goes to the writer; content by
 * its digest comes from a replica that has it. To one that takes tokens in addresses clients are sent (307), as they show no
 * account to a host that they did not ask; from others it is passed on.
 */
export class Front {
  readonly #gate: TokenGate;
  readonly #parts: FrontParts;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    this.#gate = new TokenGate(parts.verifier);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    const lost = new AbortController();
    response.on('close', () => lost.abort(new Error('the client has gone')));
    response.on('error', () => {}); // A lost connection; the writer gets the error as well.
    try {
      const answer = await this.#answer(request, response, lost.signal);
      if (answer !== undefined) await send(request, response, answer);
    } catch (error) {
      if (lost.signal.aborted) return;
      this.#parts.complain(`${request.method} ${request.url?.split('?')[0]?.slice(0, 300)}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else await send(request, response, refusal(502, 'UNKNOWN', 'no host of the registry answers; try again'));
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<ServerAnswer | undefined> {
    const { method = '' } = request;
    const route = routeOf((request.url ?? '').split('?')[0] ?? '', '');
    const admission = await this.#gate.admit(request, route);
    if (admission.answer !== undefined) return admission.answer;
    const reads = method === 'GET' || method === 'HEAD';
    switch (route.kind) {
      case 'base':
        return json(200, {});
      case 'refused':
        return method === 'PUT' ? route.answer : (route.unlessPut ?? route.answer);
      case 'blob':
        if (method === 'GET') return await this.#sendToBlob(request, response, route, admission.caller.account, signal);
        break;
      case 'manifest':
      case 'tags':
      case 'referrers':
      case 'catalog':
      case 'uploads':
      case 'upload':
        break;
      default:
        return refusal(404, 'UNSUPPORTED', 'there is nothing here');
    }
    const { members } = this.#parts;
    const ofUpload = route.kind === 'uploads' || route.kind === 'upload';
    const hosts = !reads || ofUpload ? [members.writer] : this.#readersOf(route);
    return await this.#passOn(request, response, hosts, signal);
  }

  #readersOf(route: ServerRoute): readonly Member[] {
    const { members } = this.#parts;
    if (route.kind === 'blob') return members.readersOf(route.digest);
    const isFixed = route.kind === 'manifest' && route.reference.kind === 'digest';
    return isFixed ? members.readersOf(route.reference.digest) : members.currentFirst;
  }

  /** Sends a client to a replica that has a blob, or passes its bytes on. */
  async #sendToBlob(
    request: IncomingMessage,
    response: ServerResponse,
    { name, digest }: ServerRoute & { readonly kind: 'blob' },
    account: string | undefined,
    signal: AbortSignal,
  ): Promise<ServerAnswer | undefined> {
    const readers = this.#parts.members.readersOf(digest);
    const token = await this.#parts.pullToken(account ?? '', name);
    const path = `/v2/${name}/blobs/${digest}?access_token=${token}`;
    for (const [at, member] of readers.entries()) {
      if (member.takesTokensInAddresses !== false) {
        const looked = await member
          .ask({ method: 'HEAD', path, headers: {}, patience: patience.look, signal })
          .catch((error: unknown) => this.#tryNext(member, error, signal));
        looked?.resume();
        const { statusCode } = looked ?? {};
        if (statusCode === 200) {
          member.takesTokensInAddresses = true;
          return { status: 307, headers: { Location: `${member.origin}${path}`, 'Cache-Control': 'no-store' } };
        }
        if (statusCode === 401) member.takesTokensInAddresses = false;
        else if (at < readers.length - 1 && !this.#isMissing(member, statusCode)) continue;
      }
      if (await this.#passOnFrom(member, request, response, signal, at === readers.length - 1)) return undefined;
    }
    return undefined;
  }

  /** Passes a request to the first host that can answer it, and its answer back. */
  async #passOn(
    request: IncomingMessage,
    response: ServerResponse,
    members: readonly Member[],
    signal: AbortSignal,
  ): Promise<undefined> {
    for (const [at, member] of members.entries()) {
      if (await this.#passOnFrom(member, request, response, signal, at === members.length - 1)) return;
    }
  }

  /** Passes a request to a host, and its answer back. @returns false: it has not what is asked for, and another may */
  async #passOnFrom(
    member: Member,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
    isLast: boolean,
  ): Promise<boolean> {
    const { method = 'GET', url: path = '/' } = request;
    const reads = method === 'GET' || method === 'HEAD';
    const body = reads ? {} : { body: request };
    const waits = reads ? patience.read : patience.write;
    const asked = member.ask({ method, path, headers: passedOn(request.headers), ...body, patience: waits, signal });
    const answer = await (isLast ? asked : asked.catch((error: unknown) => this.#tryNext(member, error, signal)));
    if (answer === undefined) return false;
    const { statusCode = 502 } = answer;
    if (!isLast && (statusCode === 404 || statusCode >= 500) && !this.#isMissing(member, statusCode)) {
      answer.resume();
      return false;
    }
    response.writeHead(statusCode, this.#ownHeaders(answer, member, request));
    await pipeline(answer, response);
    return true;
  }

  /** True where the writer says that it has not what was asked for: replicas have nothing else, unless it was deleted. */
  #isMissing(member: Member, status: number | undefined): boolean {
    return status === 404 && member === this.#parts.members.writer;
  }

  #tryNext(member: Member, error: unknown, signal: AbortSignal): undefined {
    signal.throwIfAborted();
    this.#parts.complain(`${member.host} is left out for a while: ${String(error)}`);
    return undefined;
  }

  /** Keeps addresses of the writer with this front: the next part of an upload comes here as well. */
  #ownHeaders(answer: IncomingMessage, member: Member, { url = '/', headers: { host } }: IncomingMessage) {
    const headers = passedOn(answer.headers);
    const { location } = answer.headers;
    if (location === undefined || !URL.canParse(location, member.origin)) return headers;
    const leads = new URL(location, new URL(url, member.origin));
    const isOwn = leads.host === member.host || leads.host === host;
    return isOwn ? { ...headers, location: `${leads.pathname}${leads.search}` } : headers;
  }
}
