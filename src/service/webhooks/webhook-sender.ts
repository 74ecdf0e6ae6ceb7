import { randomInt } from 'node:crypto';
import { deleteOld } from './delivery/delete-old.js';
import { type Deliveries, placeOfDelivery, type StoredDelivery } from './delivery/deliveries.js';
import { type EndedTry, endTry, type TriedState } from './delivery/end-try.js';
import type { EventTelling } from './delivery/event-telling.js';
import { fanOut } from './delivery/fan-out.js';
import { tryDelivery } from './delivery/try-delivery.js';
import type { EventSight } from './event-sight.js';
import { testKind } from './formats/told-event.js';
import type { TargetGuard } from './target/target-guard.js';
import type { WebhookOptions } from './webhook-options.js';
import type { StoredWebhook, Webhooks } from './webhooks.js';

/** Parts of a {@link WebhookSender}. */
export interface WebhookSenderParts {
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly sight: EventSight;
  readonly telling: EventTelling;
  readonly guard: TargetGuard;
  readonly options: WebhookOptions;
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Told the end of each try. */
  readonly tried: (state: TriedState) => void;
  readonly complain: (message: string) => void;
}

/** Milliseconds between two looks at the outbox and at what is due. */
const lookEvery = 500;
/** Milliseconds between two deletions of what is old. */
const cleanEvery = 3_600_000;
/** Milliseconds after which an error that stays is told of again. */
const complainEvery = 60_000;
/** Tries at a time: of all webhooks, of one host, of one webhook. One that hangs has no more of them. */
const most = 32;
const mostOfHost = 6;
const mostOfWebhook = 2;

/** Try that is under way. */
interface Trying {
  readonly webhook: string;
  readonly host: string;
  readonly work: Promise<void>;
}

/** Sends what webhooks are to hear: reads the outbox, tries what is due, some at a time. */
export class WebhookSender {
  readonly #parts: WebhookSenderParts;
  /** Tries under way, by the id of their delivery. */
  readonly #trying = new Map<string, Trying>();
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  #passing: Promise<void> = Promise.resolve();
  #isPassing = false;
  readonly #complaints = new Map<string, number>();

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
  }

  /** Goes on with what was under way when the service ended. */
  async begin(): Promise<void> {
    await this.#parts.deliveries.release();
    const { deliveries, options, now } = this.#parts;
    const clean = () => void this.#attempt(() => deleteOld(deliveries.database, options, now()));
    this.#timers.push(setInterval(() => this.wake(), lookEvery).unref(), setInterval(clean, cleanEvery).unref());
    clean();
    this.wake();
  }

  /** Looks now, unless it is looking. */
  wake(): void {
    if (this.#isPassing || this.#stop.signal.aborted) return;
    this.#passing = this.#attempt(() => this.pass());
  }

  /** Reads the outbox, and begins what is due. Its tries go on. */
  async pass(): Promise<void> {
    this.#isPassing = true;
    try {
      while (!this.#stop.signal.aborted && (await fanOut(this.#parts)));
      await this.#beginDue();
    } finally {
      this.#isPassing = false;
    }
  }

  /** Resolves when the tries that are under way have ended. */
  async idle(): Promise<void> {
    while (this.#trying.size > 0) await Promise.all([...this.#trying.values()].map(({ work }) => work));
  }

  /** Ends what is under way: it is sent again, with the same id, by whoever begins next. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the service stops'));
    for (const timer of this.#timers) clearInterval(timer);
    await this.#passing;
    await this.idle();
    await this.#parts.deliveries.release();
  }

  async #beginDue(): Promise<void> {
    const { deliveries, now } = this.#parts;
    const full = new Set<string>();
    for (;;) {
      if (this.#stop.signal.aborted || this.#trying.size >= most) return;
      for (const { webhook } of this.#trying.values()) {
        if (this.#count((each) => each.webhook === webhook) >= mostOfWebhook) full.add(webhook);
      }
      const due = await deliveries.due(now(), [...full]);
      if (due.length === 0) return;
      for (const id of due) {
        // One that can't be opened, or was just deleted, keeps no other from being sent.
        const isFull = await this.#beginDueOf(id).catch((error: unknown) => {
          this.#complain(error);
          return true;
        });
        if (isFull) full.add(id);
      }
    }
  }

  /** Begins what is due of a webhook, as much as may be tried at a time. @returns true: no more of it can be begun now */
  async #beginDueOf(id: string): Promise<boolean> {
    const { deliveries, webhooks, now } = this.#parts;
    const hook = await webhooks.get(id);
    const { host } = new URL(webhooks.open(hook).url);
    const free = Math.min(
      most - this.#trying.size,
      mostOfHost - this.#count((each) => each.host === host),
      mostOfWebhook - this.#count((each) => each.webhook === id),
    );
    const taken = free > 0 ? await deliveries.claim(id, free, now()) : [];
    for (const delivery of taken) {
      const work = this.#attempt(() => this.#try(hook, delivery)).finally(() => {
        this.#trying.delete(delivery.id);
        this.wake();
      });
      this.#trying.set(delivery.id, { webhook: id, host, work });
    }
    return taken.length < free || free <= 0;
  }

  async #try(hook: StoredWebhook, delivery: StoredDelivery): Promise<void> {
    const { deliveries, webhooks, guard, options, now } = this.#parts;
    const refusal = await this.#refusalOf(hook, delivery);
    const ended =
      refusal ??
      (await tryDelivery(
        { guard, caFile: options.caFile, now, signal: this.#stop.signal },
        webhooks.open(hook),
        delivery,
      ));
    const state = await endTry(deliveries.database, hook, delivery, ended, now(), randomInt(1000) / 1000);
    this.#parts.tried(state);
  }

  /** Returns the end of a try of what the webhook's account may not see now; undefined: it is sent. */
  async #refusalOf(hook: StoredWebhook, delivery: StoredDelivery): Promise<EndedTry | undefined> {
    if (delivery.kind === testKind) return undefined;
    const answer = await this.#parts.sight.mayHear(hook.account_id, placeOfDelivery(delivery));
    if (answer === 'yes') return undefined;
    const isFinal = answer === 'no';
    const error = isFinal
      ? `the account for which the webhook hears may not see ${delivery.subject}`
      : 'the directory of the account for which the webhook hears does not answer';
    return { at: this.#parts.now(), duration: 0, requestHeaders: {}, answer: undefined, error, isFinal };
  }

  #count(which: (trying: Trying) => boolean): number {
    return [...this.#trying.values()].filter(which).length;
  }

  /** Writes of an error, once a minute where it stays: the next look tries again. */
  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const now = performance.now();
    if (now - (this.#complaints.get(message) ?? Number.NEGATIVE_INFINITY) < complainEvery) return;
    if (this.#complaints.size >= 100) this.#complaints.clear();
    this.#complaints.set(message, now);
    this.#parts.complain(`webhooks: ${message}`);
  }
}
