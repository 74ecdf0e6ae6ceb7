import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Requests of a connection that wait for their turn, beyond which it is closed: each takes memory. */
const mostWaiting = 1000;

/** Requests that begin at once: a client that closes its side behind a few of them wants their answers. */
const atOnce = 16;

interface Queue {
  begun: number;
  last: Promise<void>;
  waiting: number;
}

/**
 * Turns of requests that a client sends on one connection without waiting for answers (RFC 9112, 9.3.2). Thousands come
 * in one piece: beyond a few, each begins when the one before has its answer, and other connections are looked at in
 * between.
 */
export class Turns {
  readonly #queues = new WeakMap<Socket, Queue>();

  /** Does the work of a request when it has its turn; not at all once the connection is closed. */
  take(socket: Socket, work: () => Promise<void>): void {
    const queue = this.#queues.get(socket);
    if (queue === undefined || queue.begun < atOnce) {
      const under = work();
      const last = queue === undefined ? under : Promise.all([queue.last, under]).then(() => {});
      this.#queues.set(socket, { begun: (queue?.begun ?? 0) + 1, last, waiting: 0 });
      void this.#end(socket, last);
      return;
    }
    queue.waiting += 1;
    if (queue.waiting > mostWaiting) {
      socket.destroy();
      return;
    }
    queue.last = this.#after(socket, queue, work);
    void this.#end(socket, queue.last);
  }

  async #after(socket: Socket, queue: Queue, work: () => Promise<void>): Promise<void> {
    await queue.last;
    await nextTurn();
    queue.waiting -= 1;
    if (!socket.destroyed) await work();
  }

  async #end(socket: Socket, under: Promise<void>): Promise<void> {
    await under;
    if (this.#queues.get(socket)?.last === under) this.#queues.delete(socket);
  }
}

/** Milliseconds of work after which other requests have their turn. */
const longestTurn = 10;

/**
 * Returns those of many for which a look, or a piece of work, is true. It is done at once, without a thread, but other
 * requests are looked at in between.
 */
export async function filterInTurns<Item>(items: readonly Item[], work: (item: Item) => boolean): Promise<Item[]> {
  const chosen: Item[] = [];
  let began = performance.now();
  for (const item of items) {
    if (work(item)) chosen.push(item);
    if (performance.now() - began < longestTurn) continue;
    await nextTurn();
    began = performance.now();
  }
  return chosen;
}
