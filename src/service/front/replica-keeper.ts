import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistry } from '../tokens/registries.js';
import { compareReplica, keyOfTag, type ReplicaBounds } from './compare-replica.js';
import { openMember } from './open-member.js';
import type { ReplicaStore } from './replica-store.js';

/** Bounds of a look, unless told otherwise. */
const usualBounds: ReplicaBounds = { listings: 5000, heads: 2000 };
/** Milliseconds for which a tag that was pushed is asked for first. */
const fresh = 24 * 3_600_000;

interface Parts {
  readonly store: ReplicaStore;
  readonly ownTokens: OwnTokens;
  readonly bounds?: ReplicaBounds;
}

/** Keeper of what is known of replicas: it compares them with their writer, which the index was just compared with. */
export class ReplicaKeeper {
  readonly #parts: Parts;
  #turn = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Compares the replicas of a registry; nothing where it has none. */
  async look({ members, ...registry }: TrustingRegistry, signal: AbortSignal, now = Date.now()): Promise<void> {
    if (members === undefined) return;
    const { store } = this.#parts;
    const { name } = registry;
    await store.keepMembers(name, [members.writer, ...members.replicas]);
    // The index was just read from it.
    await store.write(
      { ...unseen(name, members.writer, 'writer'), state: 'agree', is_reachable: 1, looked_at: now },
      now,
    );
    const written = await store.written(name);
    this.#turn += 1;
    for (const host of members.replicas) {
      signal.throwIfAborted();
      const known = await store.tags(name, host, 1000);
      const doubtful = new Set(known.map(({ repository, tag }) => keyOfTag(repository, tag)));
      for (const [repository, tags] of written) {
        for (const [tag, { pushedAt }] of tags) if (now - pushedAt < fresh) doubtful.add(keyOfTag(repository, tag));
      }
      await this.#compare({ ...registry, host }, { written, doubtful, signal, now });
    }
  }

  /** Notes that the writer of a registry could not be asked: nothing is known of the replicas then. */
  async writerFailed({ name, members }: TrustingRegistry, error: string, now = Date.now()): Promise<void> {
    if (members === undefined) return;
    const former = (await this.#parts.store.members(name)).find(({ host }) => host === members.writer);
    const row = former ?? unseen(name, members.writer, 'writer');
    await this.#parts.store.write({ ...row, state: 'unknown', is_reachable: 0, error: error.slice(0, 500) }, now);
  }

  async #compare(
    replica: TrustingRegistry,
    {
      written,
      doubtful,
      signal,
      now,
    }: {
      readonly written: Parameters<typeof compareReplica>[1];
      readonly doubtful: ReadonlySet<string>;
      readonly signal: AbortSignal;
      readonly now: number;
    },
  ): Promise<void> {
    const { store, ownTokens, bounds = usualBounds } = this.#parts;
    const { name: registry, host } = replica;
    const opened = openMember(replica, ownTokens, signal);
    try {
      const look = await compareReplica(opened, written, { bounds, turn: this.#turn, doubtful });
      await store.writeLook({ registry, host }, look, written, now);
    } catch (error) {
      signal.throwIfAborted();
      const former = (await store.members(registry)).find((each) => each.host === host);
      const row = former ?? unseen(registry, host, 'replica');
      const message = error instanceof Error ? error.message : String(error);
      await store.write({ ...row, state: 'unknown', is_reachable: 0, error: message.slice(0, 500) }, now);
    } finally {
      await opened.close();
    }
  }
}

function unseen(registry: string, host: string, role: 'writer' | 'replica') {
  return {
    ...{ registry, host, role, error: '', missing: 0, other: 0, extra: 0, is_complete: 1 },
    ...{ looked_at: null, lag_since: null, is_told: 0 },
  };
}
