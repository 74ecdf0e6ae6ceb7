/** Most bytes that are kept of each stream of a script: half of them from its beginning, half from its end. */
export const mostKept = 16 * 1024 * 1024;

/** Collector of a script's output in bounded memory. Each byte is copied once, and twice where room is made for more. */
export class KeptOutput {
  readonly #most: number;
  readonly #head: number;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(most = mostKept) {
    this.#most = most;
    this.#head = Math.ceil(most / 2);
  }

  /** Number of bytes that were added, kept or not. */
  get length(): number {
    return this.#length;
  }

  /** Number of bytes that are not kept. */
  get leftOut(): number {
    return Math.max(0, this.#length - this.#most);
  }

  add(chunk: Buffer): void {
    this.#makeRoom(Math.min(this.#length + chunk.length, this.#most));
    let given = 0;
    while (given < chunk.length) {
      const at = this.#placeOf(this.#length);
      // Behind the head the oldest bytes are overwritten.
      const room = (at < this.#head ? Math.min(this.#head, this.#bytes.length) : this.#bytes.length) - at;
      const copied = chunk.copy(this.#bytes, at, given, given + room);
      given += copied;
      this.#length += copied;
    }
  }

  /** Returns the output as text, with a line in place of the bytes that were left out. */
  text(): string {
    if (this.leftOut === 0) return this.#bytes.toString('utf8', 0, this.#length);
    const oldest = this.#placeOf(this.#length);
    const tail = Buffer.concat([this.#bytes.subarray(oldest), this.#bytes.subarray(this.#head, oldest)]);
    return `${this.#bytes.toString('utf8', 0, this.#head)}\n… ${this.leftOut} bytes left out …\n${tail.toString('utf8')}`;
  }

  #placeOf(index: number): number {
    return index < this.#head ? index : this.#head + ((index - this.#head) % (this.#most - this.#head));
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const more = Buffer.allocUnsafe(Math.min(this.#most, Math.max(needed, this.#bytes.length * 2)));
    this.#bytes.copy(more, 0, 0, Math.min(this.#length, this.#bytes.length));
    this.#bytes = more;
  }
}
