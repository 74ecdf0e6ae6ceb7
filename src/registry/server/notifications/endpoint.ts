import { readFile } from 'node:fs/promises';
import { request as askPlain } from 'node:http';
import { request as askTls } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import type { AnswerEvent } from '../answers/answer.js';
import { EventQueue } from './event-queue.js';
import type { RegistryEvent } from './registry-event.js';

/** Endpoint that events are sent to. Times are in milliseconds. */
export interface EventEndpoint {
  readonly name: string;
  /** A function: the endpoint is in this process. */
  readonly url: string | ((body: string) => Promise<void>);
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Time in which it answers. */
  readonly timeout: number;
  /** Failures in a row after which each further try waits for `backoff`. */
  readonly threshold: number;
  readonly backoff: number;
  /** File of authorities (PEM) that sign its certificate, beside those of the system. */
  readonly caFile?: string | undefined;
  readonly ignoredTypes: readonly string[];
  readonly ignoredActions: readonly AnswerEvent['action'][];
}

/** Events in one request at most. */
const mostAtOnce = 50;

const mediaType = 'application/vnd.docker.distribution.events.v1+json';

/** Sender of events to an endpoint: one request after the other, each event in its order until it was taken. */
export class EventSender {
  delivered = 0;
  failures = 0;

  #failuresInRow = 0;
  #wake = () => {};
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(
    readonly endpoint: EventEndpoint,
    readonly queue: EventQueue,
    readonly complain: (message: string) => void,
  ) {}

  /** Opens the queue of an endpoint in a folder, and begins with what waits in it. */
  static async start(
    endpoint: EventEndpoint,
    folder: string,
    mostBytes: number,
    complain: (message: string) => void,
  ): Promise<EventSender> {
    const queue = await EventQueue.open(`${folder}/endpoint-${encodeURIComponent(endpoint.name)}`, mostBytes);
    const sender = new EventSender(endpoint, queue, complain);
    sender.#running = sender.#run();
    return sender;
  }

  /** Adds an event unless the endpoint ignores it. Resolves when it is in the queue. */
  async add({ action, target }: RegistryEvent, text: string): Promise<void> {
    const { ignoredActions, ignoredTypes } = this.endpoint;
    if (ignoredActions.includes(action) || ignoredTypes.includes(String(target.mediaType))) return;
    const dropped = this.queue.dropped;
    await this.queue.add(text);
    if (this.queue.dropped > dropped && dropped === 0) this.#report('events are dropped: too many wait');
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
    await this.queue.close();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      try {
        const batch = await this.queue.next(mostAtOnce);
        if (batch === undefined) {
          await woken;
          continue;
        }
        await this.#post(`{"events":[${batch.events.join(',')}]}\n`);
        await this.queue.done(batch);
        this.delivered += batch.events.length;
        if (this.#failuresInRow > 0) this.#report(`takes events again, after ${this.#failuresInRow} failures`);
        this.#failuresInRow = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#wait(error);
      }
    }
  }

  async #wait(error: unknown): Promise<void> {
    this.failures += 1;
    this.#failuresInRow += 1;
    const why = error instanceof Error ? error.message : String(error);
    if (this.#failuresInRow === 1) this.#report(`does not take events, and is tried again: ${why}`);
    const { threshold, backoff } = this.endpoint;
    const soon = Math.min(backoff, 500 * 2 ** (this.#failuresInRow - 1));
    const time = this.#failuresInRow < threshold ? soon : backoff;
    await pause(time, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {}); // It is to end.
  }

  /** Sends a request. @throws Error unless it was taken: as docker-registry has it, by any status from 200 to 399 */
  async #post(body: string): Promise<void> {
    const { url, headers, timeout, caFile } = this.endpoint;
    if (typeof url === 'function') return await url(body);
    const ask = url.startsWith('https:') ? askTls : askPlain;
    // It is read each time: an authority that is replaced counts at once.
    const trust = caFile === undefined ? {} : { ca: [...rootCertificates, await readFile(caFile, 'utf8')] };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeout)]);
    await new Promise<void>((resolve, reject) => {
      const outgoing = ask(url, {
        ...trust,
        method: 'POST',
        headers: { ...headers, 'Content-Type': mediaType, 'Content-Length': Buffer.byteLength(body) },
        signal,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        response.on('error', reject);
        response.resume();
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 400) response.on('end', resolve);
        else response.on('end', () => reject(new Error(`it answered ${statusCode}`)));
      });
      outgoing.end(body);
    });
  }

  #report(what: string): void {
    this.complain(`the endpoint ${this.endpoint.name} of notifications: ${what}`);
  }
}
