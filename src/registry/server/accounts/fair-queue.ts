/** Work that is waiting at most: for one client, and for all. */
export interface QueueLimits {
  readonly each: number;
  readonly all: number;
}

/**
 * Does work one after another, clients by turns: one that asks for much waits for itself. After each piece it rests for
 * as long as that took, so that half of the time is everybody else's.
 */
export class FairQueue {
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #count = 0;
  #running = false;

  readonly #most: QueueLimits;
  readonly #rest: (milliseconds: number) => Promise<void>;

  constructor(most: QueueLimits, rest: (milliseconds: number) => Promise<void>) {
    this.#most = most;
    this.#rest = rest;
  }

  /** Runs work when its turn comes, and returns its result; undefined, at once, where too much is waiting already. */
  run<Value>(client: string, work: () => Promise<Value>): Promise<Value> | undefined {
    const queue = this.#waiting.get(client) ?? [];
    if (queue.length >= this.#most.each || this.#count >= this.#most.all) return undefined;
    return new Promise((resolve, reject) => {
      queue.push(() => work().then(resolve, reject));
      this.#waiting.set(client, queue);
      this.#count += 1;
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const began = performance.now();
      await next();
      if (this.#count > 0) await this.#rest(performance.now() - began);
    }
    this.#running = false;
  }

  /** Takes the oldest work of the client whose turn it is, and moves that client to the end. */
  #next(): (() => Promise<void>) | undefined {
    for (const [client, queue] of this.#waiting) {
      const work = queue.shift();
      this.#waiting.delete(client);
      if (queue.length > 0) this.#waiting.set(client, queue);
      if (work === undefined) continue;
      this.#count -= 1;
      return work;
    }
    return undefined;
  }
}
