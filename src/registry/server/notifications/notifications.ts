import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { ServerAnswer } from '../answers/answer.js';
import type { ServerRoute } from '../answers/route.js';
import { type EventEndpoint, EventSender } from './endpoint.js';
import { answerEvents, type EventSource } from './registry-event.js';

/** Endpoints that are notified, and where what they have not taken yet waits. */
export interface NotificationOptions {
  readonly endpoints: readonly EventEndpoint[];
  /** Folder of the queues; one server alone may use it. */
  readonly folder: string;
  /** Bytes of events that may wait for each endpoint. */
  readonly mostBytes: number;
}

/** Notifications of endpoints about pushes, pulls, mounts and deletes. */
export class Notifications {
  readonly #instanceID = randomUUID();
  #source: EventSource | undefined;

  readonly #senders: readonly EventSender[];
  readonly #complain: (message: string) => void;

  private constructor(senders: readonly EventSender[], complain: (message: string) => void) {
    this.#senders = senders;
    this.#complain = complain;
  }

  static async start(
    { endpoints, folder, mostBytes }: NotificationOptions,
    complain: (message: string) => void,
  ): Promise<Notifications> {
    const senders: EventSender[] = [];
    for (const endpoint of endpoints) senders.push(await EventSender.start(endpoint, folder, mostBytes, complain));
    return new Notifications(senders, complain);
  }

  /**
   * Records what an answer tells of. Resolves when it is in all queues, at once for a pull: content is sent before its
   * event is written.
   */
  async record(
    request: IncomingMessage,
    route: ServerRoute,
    answer: ServerAnswer,
    account: string | undefined,
  ): Promise<void> {
    this.#source ??= { addr: `${hostname()}:${request.socket.localPort ?? ''}`, instanceID: this.#instanceID };
    const events = answerEvents(request, route, answer, account, this.#source);
    const adding = events.flatMap((event) => {
      const text = JSON.stringify(event);
      return this.#senders.map((sender) => sender.add(event, text).catch((error: unknown) => this.#failed(error)));
    });
    if (events[0]?.action !== 'pull') await Promise.all(adding);
  }

  /** Returns lines for Prometheus. */
  metricLines(): readonly string[] {
    const family = (name: string, type: string, help: string, value: (sender: EventSender) => number) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...this.#senders.map((each) => `${name}{endpoint=${JSON.stringify(each.endpoint.name)}} ${value(each)}`),
    ];
    return [
      ...family('registry_notifications_pending', 'gauge', 'Events that wait.', ({ queue }) => queue.pending.events),
      ...family('registry_notifications_pending_bytes', 'gauge', 'Bytes of these.', ({ queue }) => queue.pending.bytes),
      ...family(
        'registry_notifications_delivered_total',
        'counter',
        'Events that were taken.',
        (each) => each.delivered,
      ),
      ...family('registry_notifications_failures_total', 'counter', 'Requests that failed.', (each) => each.failures),
      ...family(
        'registry_notifications_dropped_total',
        'counter',
        'Events for which there was no room.',
        ({ queue }) => queue.dropped,
      ),
    ];
  }

  async close(): Promise<void> {
    await Promise.all(this.#senders.map((each) => each.close().catch((error: unknown) => this.#failed(error))));
  }

  #failed(error: unknown): void {
    this.#complain(`an event could not be written to its queue: ${String(error)}`);
  }
}
