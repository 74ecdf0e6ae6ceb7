import type { Apply } from '../../model/resource.js';
import type { DueHandler, Handlers } from './handlers.js';

/**
 * One round of running the due handlers: each runs once. A role may make its handler anew for each task. Handlers of one
 * name and role with the very same action act once and share their record on the host.
 */
export class FlushRound {
  readonly #handlers: Handlers;
  readonly #hasTurn: (handler: DueHandler) => boolean;
  readonly #ran = new Set<DueHandler['task']>();
  readonly #actions = new Map<string, Set<string>>();

  /** @param hasTurn whether a handler that only an earlier run made due runs as well */
  constructor(handlers: Handlers, hasTurn: (handler: DueHandler) => boolean) {
    this.#handlers = handlers;
    this.#hasTurn = hasTurn;
  }

  /** Takes the next handler to run from those that are due. */
  next(): DueHandler | undefined {
    const due = this.#handlers.due().filter((handler) => !handler.fromEarlier || this.#hasTurn(handler));
    const next = due.find(({ task }) => !this.#ran.has(task));
    if (next === undefined) return undefined;
    this.#ran.add(next.task);
    this.#handlers.done(next.task);
    return next;
  }

  /** Tells whether no other due handler shares this one's record. */
  isLast({ id }: DueHandler): boolean {
    return this.#handlers.due().every((other) => other.id !== id);
  }

  /** Tells whether a handler with the same record has done the same action in this round. */
  hasDone({ id }: DueHandler, apply: Apply): boolean {
    const action = actionOf(apply);
    return action !== undefined && this.#actions.get(id)?.has(action) === true;
  }

  /** Forgets the actions of a handler that is retried. */
  retry({ id }: DueHandler): void {
    this.#actions.delete(id);
  }

  /** Notes an action that a handler has done. */
  note({ id }: DueHandler, apply: Apply): void {
    const action = actionOf(apply);
    if (action === undefined) return;
    this.#actions.set(id, (this.#actions.get(id) ?? new Set()).add(action));
  }
}

function actionOf(apply: Apply): string | undefined {
  if (apply.via !== 'sh') return undefined;
  const stdin = apply.stdin === undefined ? '' : Buffer.from(apply.stdin).toString('base64');
  return `${apply.script.script}\0${stdin}`;
}
