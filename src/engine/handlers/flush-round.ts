import type { Apply } from '../../model/resource.js';
import type { DueHandler, Handlers } from './handlers.js';

/**
 * One round of running the handlers that are due: each runs once. Handlers of one name and role that come to the very
 * same action (a role that makes its handler anew for each task) act once; they share their record on the host.
 */
export class FlushRound {
  readonly #handlers: Handlers;
  readonly #withEarlier: boolean;
  readonly #ran = new Set<DueHandler['task']>();
  readonly #actions = new Map<string, Set<string>>();

  /** @param withEarlier handlers that only an earlier run made due run as well */
  constructor(handlers: Handlers, withEarlier: boolean) {
    this.#handlers = handlers;
    this.#withEarlier = withEarlier;
  }

  /** The next handler to run, taken from those that are due. */
  next(): DueHandler | undefined {
    const due = this.#handlers.due().filter(({ fromEarlier }) => this.#withEarlier || !fromEarlier);
    const next = due.find(({ task }) => !this.#ran.has(task));
    if (next === undefined) return undefined;
    this.#ran.add(next.task);
    this.#handlers.done(next.task);
    return next;
  }

  /** Whether no other handler that is due shares this one's record. */
  isLast({ id }: DueHandler): boolean {
    return this.#handlers.due().every((other) => other.id !== id);
  }

  hasDone({ id }: DueHandler, apply: Apply): boolean {
    const action = actionOf(apply);
    return action !== undefined && this.#actions.get(id)?.has(action) === true;
  }

  /** A handler is tried again: that it was done before doesn't count. */
  again({ id }: DueHandler): void {
    this.#actions.delete(id);
  }

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
