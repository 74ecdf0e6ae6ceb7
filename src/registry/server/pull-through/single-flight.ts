/** Work that is done once for all who want its result while it is under way. */
export class SingleFlight<Value> {
  readonly #under = new Map<string, Promise<Value>>();

  /** Returns the result of the work under a key: begun now, or by an earlier caller. */
  run(key: string, work: () => Promise<Value>): Promise<Value> {
    const known = this.#under.get(key);
    if (known !== undefined) return known;
    const begun = work().finally(() => this.#under.delete(key));
    this.#under.set(key, begun);
    return begun;
  }
}
