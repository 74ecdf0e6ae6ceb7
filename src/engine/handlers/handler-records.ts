import type { Become, Task } from '../../model/task.js';
import type { Sh } from '../../sh.js';
import type { LastingConnection } from '../link/lasting-connection.js';
import type { RecordPlace } from '../records/record-places.js';
import { handlerId, type PendingFolder } from './pending.js';

/** Handlers recorded on a host, by id: left by an earlier run, or due in this one. */
export type PendingOnHost = Map<string, { readonly name: string; readonly places: Set<RecordPlace> }>;

/** Store of the records of due handlers. */
export type HandlerRecordStore = Pick<HandlerRecords, 'recordScript' | 'record' | 'clearScript' | 'clear'>;

/**
 * Records of due handlers on the host, kept in step with what is due. A change's own script writes them where its user
 * can; otherwise a separate request does.
 */
export class HandlerRecords {
  readonly #connection: LastingConnection;
  readonly #folder: PendingFolder;
  readonly #known: PendingOnHost;

  constructor(connection: LastingConnection, folder: PendingFolder, known: PendingOnHost) {
    this.#connection = connection;
    this.#folder = folder;
    this.#known = known;
  }

  /** Returns a script that records handlers ahead of a change in the same request; undefined when that user can't. */
  recordScript(handlers: readonly Task[], as: Become): Sh | undefined {
    const place = this.#folder.places.placeFor(as);
    if (place === undefined || handlers.length === 0) return undefined;
    this.#note(handlers, place);
    return this.#folder.recordScript(handlers, place);
  }

  /** Records handlers with a separate request. @returns why it could not be done, or nothing */
  async record(handlers: readonly Task[]): Promise<string | undefined> {
    if (handlers.length === 0) return undefined;
    const place = this.#folder.places.mainPlace();
    this.#note(handlers, place);
    const script = this.#folder.recordScript(handlers, place);
    const { status, stderr } = await this.#connection.applyIdempotent(script, this.#folder.places.main);
    return status === 0 ? undefined : stderr.trim() || `exit status ${status}`;
  }

  /** Returns a script that clears a handler's record, to follow its success; undefined when that user can't. */
  clearScript(id: string, as: Become): Sh | undefined {
    const place = this.#folder.places.placeFor(as);
    return place !== undefined && this.#known.get(id)?.places.has(place)
      ? this.#folder.clearScript(id, place)
      : undefined;
  }

  /** Clears a handler's records. @param clearedBy user whose {@link clearScript} has already run */
  async clear(id: string, clearedBy?: Become): Promise<void> {
    const places = this.#known.get(id)?.places ?? new Set();
    const cleared = clearedBy === undefined ? undefined : this.#folder.places.placeFor(clearedBy);
    for (const place of places) {
      if (place === cleared) continue;
      await this.#connection.applyIdempotent(this.#folder.clearScript(id, place), this.#folder.places.writerOf(place));
    }
    this.#known.delete(id);
  }

  #note(handlers: readonly Task[], place: RecordPlace): void {
    for (const handler of handlers) {
      const id = handlerId(handler);
      const record = this.#known.get(id) ?? { name: handler.name, places: new Set() };
      record.places.add(place);
      this.#known.set(id, record);
    }
  }
}
