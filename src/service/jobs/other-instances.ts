/** Instance of the service, and the time at which it said that it lives, by its own clock. */
export interface InstanceSeen {
  readonly id: string;
  readonly seenAt: number;
}

/**
 * Watch over the other services on a database. One is gone when what it writes has not changed for some time by the clock of
 * this process: the clocks of two machines may differ, and a database that was away says nothing of those who use it.
 */
export class OtherInstances {
  readonly #patience: number;
  /** Time that each had written last, and since when. */
  #known = new Map<string, { readonly seenAt: number; readonly since: number }>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param patience milliseconds without a change after which one is gone; looks must come at least twice as often */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Returns the instances that are gone. @param now milliseconds of a clock that nobody sets */
  gone(seen: readonly InstanceSeen[], now: number): string[] {
    // Without a look for so long, this one was away itself: the others count from now.
    if (now - this.#lookedAt > this.#patience / 2) this.#known.clear();
    this.#lookedAt = now;
    const known = seen.map(({ id, seenAt }) => {
      const before = this.#known.get(id);
      return [id, before?.seenAt === seenAt ? before : { seenAt, since: now }] as const;
    });
    this.#known = new Map(known);
    return known.filter(([, { since }]) => now - since >= this.#patience).map(([id]) => id);
  }
}
