import type { OpenedRegistry } from '../../registry/client/open.js';
import type { Registry } from '../../registry/client/registry.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistries, TrustingRegistry } from '../tokens/registries.js';
import type { ImageIndex } from './image-index.js';
import { catalogAccess, openTrusting } from './open-trusting.js';
import { readNewManifests, readOlderDetails } from './read-manifests.js';
import { type Reconciled, reconcile } from './reconcile.js';
import { indexerName } from './take-notifications.js';

/** Milliseconds after a notification before what is new is read: a push brings several. */
const settling = 200;
/** Manifests of an older program that each look at a registry completes. */
const olderAtOnce = 500;

interface Parts {
  readonly index: ImageIndex;
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
  /** Is told of each look at a registry as a whole; undefined error: it succeeded. */
  readonly looked?: (registry: TrustingRegistry, signal: AbortSignal, error?: string) => Promise<void>;
  readonly complain: (message: string) => void;
}

/** Keeper of the index: it reads what notifications name, and looks at each registry as a whole now and then. */
export class IndexKeeper {
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** Work on a registry, one after another. */
  readonly #work = new Map<string, Promise<unknown>>();
  readonly #telling = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks at all registries every so many milliseconds, and once now. */
  begin(every: number): void {
    const all = () => {
      for (const { name } of this.#parts.registries.list()) void this.reconcile(name).catch(() => undefined); // It is recorded.
    };
    this.#timer = setInterval(all, every).unref();
    all();
  }

  /** Reads what a notification has named, soon. */
  wake(name: string): void {
    if (this.#waiting.has(name)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(name);
      void this.#alone(name, async (registry) => {
        await readNewManifests(this.#parts.index, name, registry, this.#parts.complain);
      }).catch((error: unknown) => this.#parts.complain(`new images of ${name} are not read: ${String(error)}`));
    }, settling);
    this.#waiting.set(name, timer.unref());
  }

  /**
   * Brings the index to what a registry lists, and records how that went.
   * @param signal ends it; what it has found by then stays
   * @throws RegistryError
   */
  async reconcile(name: string, signal?: AbortSignal): Promise<Reconciled> {
    const { index, complain } = this.#parts;
    const { db } = index.database;
    const record = async (error: string, requests: number) => {
      const now = Date.now();
      const row = { ended_at: now, requests, error, ...(error === '' ? { succeeded_at: now } : {}) };
      await db
        .insertInto('reconciliations')
        .values({ registry: name, succeeded_at: null, ...row })
        .onConflict((conflict) => conflict.column('registry').doUpdateSet(row))
        .execute();
    };
    try {
      const work = async (registry: Registry) => {
        const done = await reconcile(index, name, registry, complain);
        await readNewManifests(index, name, registry, complain);
        await readOlderDetails(index, name, registry, complain, olderAtOnce);
        await record('', registry.traffic.requests);
        return done;
      };
      const done = await this.#alone(name, work, signal);
      await this.#tell(name);
      return done;
    } catch (error) {
      if (!this.#stop.signal.aborted && signal?.aborted !== true) {
        complain(`the index of ${name} stays as it is: ${String(error)}`);
        await record(String(error).slice(0, 500), 0);
        await this.#tell(name, String(error));
      }
      throw error;
    }
  }

  /** Tells of a look. What fails then is no failure of the look. */
  async #tell(name: string, error?: string): Promise<void> {
    const { registries, looked, complain } = this.#parts;
    const registry = registries.find(name);
    if (registry === undefined || looked === undefined) return;
    const told = looked(registry, this.#stop.signal, error).catch((reason: unknown) => {
      if (!this.#stop.signal.aborted) complain(`the hosts of ${name} are not compared: ${String(reason)}`);
    });
    this.#telling.add(told);
    await told.finally(() => this.#telling.delete(told));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#stop.abort(new Error('the service stops'));
    await Promise.allSettled([...this.#work.values(), ...this.#telling]);
  }

  /** Works on a registry when what was begun before has ended. */
  async #alone<Value>(
    name: string,
    work: (registry: Registry) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    const found = this.#parts.registries.find(name);
    if (found === undefined) throw new Error(`there is no registry ${name}`);
    const before = this.#work.get(name) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(async () => {
        const ends = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal]);
        ends.throwIfAborted();
        const registry = this.#open(found, ends);
        try {
          return await work(registry);
        } finally {
          await registry.close();
        }
      });
    this.#work.set(
      name,
      mine.catch(() => undefined),
    ); // The caller gets the error.
    return await mine;
  }

  #open(registry: TrustingRegistry, signal: AbortSignal): OpenedRegistry {
    const access = (repository: string | undefined) =>
      repository === undefined ? catalogAccess : { type: 'repository', name: repository, actions: ['pull'] };
    const { ownTokens } = this.#parts;
    return openTrusting(registry, { ownTokens, subject: indexerName, access, signal });
  }
}
