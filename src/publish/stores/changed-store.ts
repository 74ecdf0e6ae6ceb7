import type { Readable } from 'node:stream';
import type { NewObject, ObjectStore, StoredObject, StoreTraffic } from './object-store.js';

/**
 * Store that notes what caches before it may have in another form: objects that were replaced or deleted, and those that change
 * from time to time. An object that is there for the first time, and for ever, is none of them.
 */
export class ChangedStore implements ObjectStore {
  readonly #store: ObjectStore;
  readonly #isRepair: boolean;
  readonly #seen = new Set<string>();
  readonly #changed = new Set<string>();

  /** @param isRepair true: what is stored may replace something, whether it was looked for or not */
  constructor(store: ObjectStore, isRepair = false) {
    this.#store = store;
    this.#isRepair = isRepair;
  }

  /** Keys that changed, in the order in which they did. */
  get changed(): readonly string[] {
    return [...this.#changed];
  }

  get name(): string {
    return this.#store.name;
  }

  get url(): string | undefined {
    return this.#store.url;
  }

  get traffic(): StoreTraffic {
    return this.#store.traffic;
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const found = await this.#store.head(key);
    if (found !== undefined) this.#seen.add(key);
    return found;
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const object of this.#store.list(prefix)) {
      this.#seen.add(object.key);
      yield object;
    }
  }

  async read(key: string, most: number): Promise<Buffer | undefined> {
    const found = await this.#store.read(key, most);
    if (found !== undefined) this.#seen.add(key);
    return found;
  }

  async open(key: string, from?: number): Promise<Readable> {
    return await this.#store.open(key, from);
  }

  async put(object: NewObject, bytes: Uint8Array): Promise<void> {
    await this.#store.put(object, bytes);
    this.#note(object);
  }

  async upload(object: NewObject, read: (from: number) => Promise<Readable>): Promise<number> {
    const sent = await this.#store.upload(object, read);
    this.#note(object);
    return sent;
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#store.delete(keys);
    for (const key of keys) this.#changed.add(key);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #note({ key, cacheControl = '' }: NewObject): void {
    if (this.#isRepair || this.#seen.has(key) || !cacheControl.includes('immutable')) this.#changed.add(key);
    this.#seen.add(key);
  }
}
