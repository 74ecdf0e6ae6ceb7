import type { Become, Task } from '../../model/task.js';
import type { Sh } from '../../sh.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import { handlerId, type PendingFolder, type PendingPlace } from './pending.js';

/** Handlers recorded on a host, by id: left by an earlier run, or due in this one. */
export type PendingOnHost = Map<string, { readonly name: string; readonly places: Set<PendingPlace> }>;

/** Where due handlers are written down. */
export type Records = Pick<PendingRecords, 'scriptFor' | 'record' | 'strikeScript' | 'strike'>;

/**
 * Keeps the records of due handlers on the host in step with what is due: in the script of a change where its user can
 * write them, else in a request of their own.
 */
export class PendingRecords {
  readonly #connection: LastingConnection;
  readonly #folder: PendingFolder;
  readonly #known: PendingOnHost;

  constructor(connection: LastingConnection, folder: PendingFolder, known: PendingOnHost) {
    this.#connection = connection;
    this.#folder = folder;
    this.#known = known;
  }

  /** Script that records handlers, to go ahead of a change in the same request; undefined when that user can't. */
  scriptFor(handlers: readonly Task[], as: Become): Sh | undefined {
    const place = this.#folder.placeFor(as);
    if (place === undefined || handlers.length === 0) return undefined;
    this.#note(handlers, place);
    return this.#folder.record(handlers, place);
  }

  /** Records handlers in a request of its own. @returns why it could not be done, or nothing */
  async record(handlers: readonly Task[]): Promise<string | undefined> {
    if (handlers.length === 0) return undefined;
    const place = this.#folder.mainPlace();
    this.#note(handlers, place);
    const script = this.#folder.record(handlers, place);
    const { status, stderr } = await this.#connection.applyAgain(script, this.#folder.main);
    return status === 0 ? undefined : stderr.trim() || `exit status ${status}`;
  }

  /** Script that strikes off a handler's records, to go behind its success; undefined when that user can't. */
  strikeScript(id: string, as: Become): Sh | undefined {
    const place = this.#folder.placeFor(as);
    return place !== undefined && this.#known.get(id)?.places.has(place) ? this.#folder.strike(id, place) : undefined;
  }

  /** Strikes off what {@link strikeScript} could not, given who it ran as; everything when it did not run. */
  async strike(id: string, struckBy?: Become): Promise<void> {
    const places = this.#known.get(id)?.places ?? new Set();
    const struck = struckBy === undefined ? undefined : this.#folder.placeFor(struckBy);
    for (const place of places) {
      if (place === struck) continue;
      await this.#connection.applyAgain(this.#folder.strike(id, place), this.#folder.writerOf(place));
    }
    this.#known.delete(id);
  }

  #note(handlers: readonly Task[], place: PendingPlace): void {
    for (const handler of handlers) {
      const id = handlerId(handler);
      const record = this.#known.get(id) ?? { name: handler.name, places: new Set() };
      record.places.add(place);
      this.#known.set(id, record);
    }
  }
}
