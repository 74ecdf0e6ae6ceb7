import type { Agent, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as askPlain, Agent as PlainAgent } from 'node:http';
import { request as askTls, Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { trustOf } from '../../registry/client/tokens/trust.js';

/** Milliseconds for which a host that did not answer is asked after the others. */
const avoided = 10_000;

/** Request to a host of a registry. */
export interface MemberRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Readable;
  /** Milliseconds until the head of the answer. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** Host that holds content of a registry. */
export class Member {
  /** `http://10.0.0.5:5000` */
  readonly origin: string;
  /** Time at which it did not answer, since when it has not answered again. */
  failedAt: number | undefined;
  /** It takes a token in an address: clients can be sent there. Undefined: not known. */
  takesTokensInAddresses: boolean | undefined;

  readonly #agent: Agent;
  readonly #ca: string | undefined;

  readonly host: string;

  constructor(host: string, ca: string | undefined) {
    this.host = host;
    const { scheme } = trustOf(host);
    this.origin = `${scheme}://${host}`;
    const options = { keepAlive: true, maxFreeSockets: 20, timeout: 60_000 };
    this.#agent = scheme === 'https' ? new TlsAgent(options) : new PlainAgent(options);
    this.#ca = ca;
  }

  /** True while another host is asked first. */
  get isAvoided(): boolean {
    return this.failedAt !== undefined && Date.now() - this.failedAt < avoided;
  }

  /** Sends a request. @throws Error when the host doesn't answer */
  async ask({ method, path, headers, body, patience, signal }: MemberRequest): Promise<IncomingMessage> {
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const ask = this.origin.startsWith('https:') ? askTls : askPlain;
        const options = {
          method,
          headers,
          agent: this.#agent,
          signal,
          ...(this.#ca === undefined ? {} : { ca: this.#ca }),
        };
        const outgoing = ask(`${this.origin}${path}`, options);
        const timer = setTimeout(() => outgoing.destroy(new Error(`${this.host} does not answer`)), patience);
        outgoing.on('response', (response) => {
          clearTimeout(timer);
          resolve(response);
        });
        outgoing.on('error', (error) => {
          clearTimeout(timer);
          reject(error);
        });
        if (body === undefined) outgoing.end();
        else pipeline(body, outgoing).catch(reject);
      });
      this.failedAt = undefined;
      return answer;
    } catch (error) {
      if (!signal.aborted) this.failedAt = Date.now();
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

const ofConnection = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Returns headers without those that are of one connection (RFC 9110, 7.6.1). */
export function passedOn(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/ *, */);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ofConnection.has(name) && !named.includes(name)),
  );
}
