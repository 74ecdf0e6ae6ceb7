/** Map of what takes memory. Beyond so many bytes, the entries that came first are forgotten. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  #bytes = 0;

  readonly #most: number;
  readonly #bytesOf: (value: Value) => number;

  constructor(most: number, bytesOf: (value: Value) => number) {
    this.#most = most;
    this.#bytesOf = bytesOf;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  delete(key: Key): void {
    const value = this.#entries.get(key);
    if (value !== undefined && this.#entries.delete(key)) this.#bytes -= this.#bytesOf(value);
  }

  /** Keeps a value, even one that alone has more bytes than there may be. */
  set(key: Key, value: Value): void {
    const former = this.#entries.get(key);
    this.#bytes += this.#bytesOf(value) - (former === undefined ? 0 : this.#bytesOf(former));
    this.#entries.set(key, value);
    for (const [oldest, each] of this.#entries) {
      if (this.#bytes <= this.#most || oldest === key) break;
      this.#entries.delete(oldest);
      this.#bytes -= this.#bytesOf(each);
    }
  }
}
