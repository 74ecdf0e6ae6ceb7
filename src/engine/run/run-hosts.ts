import { HostRun } from './host-run.js';

/** Hosts of a run: those of its plays, and those that only have tasks delegated to them. */
export class RunHosts {
  readonly #ofPlays: ReadonlyMap<string, HostRun>;
  readonly #delegates = new Map<string, HostRun>();

  /** @param names of the hosts of all plays, in order */
  constructor(names: Iterable<string>) {
    this.#ofPlays = new Map([...new Set(names)].map((name) => [name, new HostRun(name)]));
  }

  /** Hosts of the plays, in order. */
  get ofPlays(): readonly HostRun[] {
    return [...this.#ofPlays.values()];
  }

  /** Returns a host by its name, in a play or not. */
  of(name: string): HostRun {
    const known = this.#ofPlays.get(name) ?? this.#delegates.get(name);
    if (known !== undefined) return known;
    const host = new HostRun(name);
    this.#delegates.set(name, host);
    return host;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#ofPlays.values(), ...this.#delegates.values()].map((host) => host.close()));
  }
}
