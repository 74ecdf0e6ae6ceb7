import type { Readable } from 'node:stream';
import { RegistryError } from '../../registry/registry-error.js';
import type { NewObject } from './object-store.js';

/** Reads a stream in pieces of a given size, into a buffer that is used again. */
export class PartReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async fill(buffer: Buffer, wanted: number): Promise<Buffer> {
    let filled = 0;
    while (filled < wanted) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        this.#rest = next.value;
      }
      const taken = this.#rest.subarray(0, wanted - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      this.#rest = this.#rest.subarray(taken.length);
    }
    return buffer.subarray(0, filled);
  }

  /** Reads to the end, where a source says that its bytes are wrong. @throws RegistryError `corrupt` */
  async requireEnd({ key, size }: NewObject): Promise<void> {
    const isOver = this.#rest.length === 0 && (await this.#chunks.next()).done === true;
    if (!isOver) throw new RegistryError('corrupt', `${key} has more than its ${size} bytes`);
  }
}

/** Sends parts from buffers, as many at one time as there are buffers. The first error ends it. */
export class PartSender {
  readonly #free: Buffer[] = [];
  readonly #size: number;
  readonly #underWay = new Set<Promise<void>>();
  readonly #errors: unknown[] = [];
  #unmade: number;

  constructor(beside: number, size: number) {
    this.#unmade = beside;
    this.#size = size;
  }

  /** Waits for a buffer that nobody uses. @throws the first error of a part */
  async free(): Promise<Buffer> {
    for (;;) {
      this.#throwError();
      const buffer = this.#free.pop();
      if (buffer !== undefined) return buffer;
      if (this.#unmade > 0) {
        this.#unmade -= 1;
        return Buffer.allocUnsafeSlow(this.#size);
      }
      await Promise.race(this.#underWay);
    }
  }

  release(buffer: Buffer): void {
    this.#free.push(buffer);
  }

  send(buffer: Buffer, work: () => Promise<void>): void {
    const sending = work()
      .catch((error: unknown) => {
        this.#errors.push(error);
      })
      .then(() => {
        this.#underWay.delete(sending);
        this.release(buffer);
      });
    this.#underWay.add(sending);
  }

  /** Waits until no part is under way. @throws the first error of a part */
  async ended(): Promise<void> {
    await this.settled();
    this.#throwError();
  }

  /** Waits until no part is under way, however they end. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #throwError(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}
