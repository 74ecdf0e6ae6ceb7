/** Limits of the requests to one registry: how many at a time, and how fast. */
export interface LimiterOptions {
  /** In flight at first; default 16. */
  readonly start?: number;
  /** In flight at most; default 48. */
  readonly most?: number;
  /** Requests begun a second at most; default: no cap. */
  readonly perSecond?: number | undefined;
}

/**
 * Limiter of the requests to one registry: a few more at a time while all goes well, half as many after each sign of
 * overload (429, 5xx, a lost connection). None are sent until a time that the registry named. First come, first served.
 */
export class Limiter {
  #limit: number;
  #running = 0;
  readonly #most: number;
  readonly #gap: number;
  readonly #waiting: (() => void)[] = [];
  #pausedUntil = 0;
  #nextStart = 0;
  #lastHalved = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ start = 16, most = 48, perSecond }: LimiterOptions = {}) {
    this.#most = most;
    this.#limit = Math.min(start, most);
    this.#gap = perSecond === undefined ? 0 : 1000 / perSecond;
  }

  /** Requests that may be in flight now. */
  get width(): number {
    return this.#limit;
  }

  /** Waits for a turn. The turn is held until the function it resolves with is called; calling that twice does nothing. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        const at = this.#waiting.indexOf(go);
        if (at !== -1) this.#waiting.splice(at, 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(go);
      this.#admit();
    });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#running -= 1;
      this.#admit();
    };
  }

  /** Allows one more request at a time after a success. */
  recordSuccess(): void {
    if (this.#limit < this.#most) this.#limit += 1;
  }

  /** Halves the requests at a time after a sign of overload, at most once a second. */
  recordOverload(): void {
    const now = Date.now();
    if (now - this.#lastHalved < 1000) return;
    this.#lastHalved = now;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }

  /** Begins no request for so many milliseconds. */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + milliseconds);
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#running < this.#limit) {
      const now = Date.now();
      const from = Math.max(this.#pausedUntil, this.#gap === 0 ? 0 : this.#nextStart);
      if (from > now) {
        if (this.#timer === undefined) {
          this.#timer = setTimeout(() => {
            this.#timer = undefined;
            this.#admit();
          }, from - now);
        }
        return;
      }
      if (this.#gap > 0) this.#nextStart = Math.max(now, this.#nextStart) + this.#gap;
      this.#running += 1;
      this.#waiting.shift()?.();
    }
  }
}
