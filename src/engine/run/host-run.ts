import type { ConnectionSettings } from '../../model/play.js';
import type { Become } from '../../model/task.js';
import type { Counts } from '../events.js';
import type { EarlierHandler } from '../facts/facts.js';
import type { PendingOnHost } from '../handlers/handler-records.js';
import { noCounts } from '../host-reporter.js';
import { type Leftover, NamedThings } from '../records/named-things.js';
import type { ExpectedChanges } from '../settle/check.js';
import { HostResults } from '../settle/results.js';
import { type OpenHost, openHost } from './open-host.js';
import type { RunContext } from './run-context.js';

/** State of a host through a whole run: its connection, its facts, the results of its tasks, and its counts. */
export class HostRun {
  readonly counts: Counts = noCounts();
  readonly results = new HostResults();
  /** Handlers recorded on the host. */
  readonly pending: PendingOnHost = new Map();
  /** Changes that its tasks so far would make, in check mode. */
  readonly expected: ExpectedChanges = new Map();
  /** Ids of the handlers of its plays so far. */
  readonly knownHandlers = new Set<string>();
  /** Everything that its tasks so far name. */
  named = new NamedThings();
  /** Things that the site no longer names, once its last play has ended. */
  leftovers: readonly Leftover[] = [];
  /** Failed or unreachable: takes no further part. */
  isOut = false;
  seconds = 0;
  /** Set once its facts were reported: it may have been opened before, for a task delegated to it. */
  hasReportedFacts = false;
  #open: OpenHost | undefined;
  #release: () => void = nothing;
  #forget: (() => void) | undefined;
  #opening: Promise<OpenHost | undefined> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #index = 0;
  #changes = 0;

  constructor(readonly name: string) {}

  /** Returns the number of the next task. */
  nextIndex(): number {
    this.#index += 1;
    return this.#index;
  }

  /** Returns the number of the next change in the host's journal. */
  nextChange(): number {
    this.#changes += 1;
    return this.#changes;
  }

  /** Waits for what is under way on the host, its closing too. @returns its connection, if it is open then */
  whenFree(): Promise<OpenHost | undefined> {
    return this.exclusively(async () => this.#open);
  }

  /**
   * Opens the host for the first caller; the others get the same connection, or the same error.
   *
   * @returns undefined when the run was interrupted meanwhile
   * @throws ConnectionError when the host can't be reached or worked with
   */
  open(settings: ConnectionSettings, main: Become, run: RunContext): Promise<OpenHost | undefined> {
    this.#opening ??= this.#connect(settings, main, run);
    return this.#opening;
  }

  /** Runs work that must not overlap with tasks that other hosts delegate to this one, from reading to verifying. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work);
    this.#last = mine.then(nothing, nothing); // The caller gets the result or error; the next work only waits.
    return mine;
  }

  /**
   * Runs the tasks of the host itself.
   *
   * @param forget called when a task of another host has changed something on this one; let go with the end of the work
   */
  async whileAtWork<Result>(forget: () => void, work: () => Promise<Result>): Promise<Result> {
    this.#forget = forget;
    try {
      return await work();
    } finally {
      this.#forget = undefined;
    }
  }

  /** Notes that a task of another host has changed something on this one. */
  noteForeignChange(): void {
    this.#forget?.();
  }

  /** Closes the connection, which releases the run lock. */
  async close(): Promise<void> {
    await this.exclusively(async () => {
      const open = this.#open;
      // A host that could not be opened is not dialled again.
      if (open !== undefined) this.#opening = undefined;
      this.#open = undefined;
      await open?.connection.close().catch(() => {}); // Its work is done and reported; a link that is gone is closed.
      this.#release();
      this.#release = nothing;
    });
  }

  /** Returns the handlers that an earlier run left pending and that no play of this one has: their ids and names. */
  unknownPending(): readonly (readonly [id: string, name: string])[] {
    return [...this.pending].flatMap(([id, { name }]) => (this.knownHandlers.has(id) ? [] : [[id, name] as const]));
  }

  async #connect(settings: ConnectionSettings, main: Become, run: RunContext): Promise<OpenHost | undefined> {
    const answer = await run.links.connect(settings, () => openHost(this.name, { settings, main, run }));
    if (answer === undefined) {
      run.links.release(settings);
      return undefined;
    }
    this.#release = () => run.links.release(settings);
    // Records of a staging folder's own are none of the machine's.
    if (settings.root === '') this.#remember(answer.pending);
    this.#open = answer.open;
    return answer.open;
  }

  #remember(pending: readonly EarlierHandler[]): void {
    for (const { id, name, place } of pending) {
      const record = this.pending.get(id) ?? { name, places: new Set() };
      record.places.add(place);
      this.pending.set(id, record);
    }
  }
}

/** Made here, where it keeps nothing alive: a function made beside the work of a host keeps all that the work had. */
function nothing(): void {}
