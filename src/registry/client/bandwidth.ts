import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes that may go at once: a chunk of a stream. */
const burst = 64 << 10;

/** Paces the bytes of all transfers of one registry in one direction. First come, first served. */
export class Bandwidth {
  /** Time at which all bytes so far have gone at the rate. */
  #free = 0;
  readonly #bytesPerSecond: number;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Waits until so many bytes may go. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = Date.now();
    const earliest = now - (burst / this.#bytesPerSecond) * 1000;
    this.#free = Math.max(this.#free, earliest) + (bytes / this.#bytesPerSecond) * 1000;
    if (this.#free > now) await sleep(this.#free - now, undefined, signal === undefined ? {} : { signal });
  }
}

/** Bandwidth of both directions; undefined: as fast as it goes. */
export interface Directions {
  readonly received: Bandwidth | undefined;
  readonly sent: Bandwidth | undefined;
}

/** Makes the bandwidth of both directions. @param bytesPerSecond of each; undefined: no limit */
export function bothDirections(bytesPerSecond: number | undefined): Directions {
  const make = () => (bytesPerSecond === undefined ? undefined : new Bandwidth(bytesPerSecond));
  return { received: make(), sent: make() };
}
