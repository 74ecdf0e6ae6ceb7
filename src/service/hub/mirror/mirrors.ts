import { readTextFile } from '../../../diagnostics/read-text.js';
import { type OpenedRegistry, openRegistry } from '../../../registry/client/open.js';
import { notFound } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { TrustingRegistries, TrustingRegistry } from '../../tokens/registries.js';
import { lookAtUpstream } from './look-at-upstream.js';
import { MirrorStore } from './mirror-store.js';
import type { UpstreamAccess } from './upstream-access.js';

interface MirrorParts {
  readonly database: Database;
  readonly registries: TrustingRegistries;
  readonly upstreams: readonly UpstreamAccess[];
  readonly complain: (message: string) => void;
}

/** Registry that mirrors another. */
export type MirrorRegistry = TrustingRegistry & { readonly upstream: string };

/** Mirrors among the registries, and how they differ from what they mirror. */
export class Mirrors {
  readonly store: MirrorStore;
  readonly #parts: MirrorParts;
  readonly #stop = new AbortController();
  /** Looks under way, one of each registry. */
  readonly #looks = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.store = new MirrorStore(parts.database);
  }

  /** Looks at the upstream of each mirror every so many milliseconds. */
  begin(every: number): void {
    const check = () =>
      void this.#lookAtDue(every).catch((error: unknown) =>
        this.#parts.complain(`mirrors are not compared: ${String(error)}`),
      );
    this.#timer = setInterval(check, Math.min(every, 30_000)).unref();
  }

  list(): MirrorRegistry[] {
    return this.#parts.registries
      .list()
      .flatMap((each) =>
        each.kind === 'mirror' && each.upstream !== undefined ? [{ ...each, upstream: each.upstream }] : [],
      );
  }

  /** @throws Problem where no mirror has this name */
  get(name: string): MirrorRegistry {
    const found = this.list().find((each) => each.name === name);
    if (found === undefined) throw notFound(`mirror ${name} that names its upstream`);
    return found;
  }

  /** Compares a mirror with its upstream, and records how that went. @throws Problem where no mirror has this name */
  async look(name: string): Promise<void> {
    const mirror = this.get(name);
    const under = this.#looks.get(name);
    if (under !== undefined) return await under;
    const look = this.#lookAt(mirror).finally(() => this.#looks.delete(name));
    this.#looks.set(name, look);
    await look;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new Error('the service stops'));
    await Promise.allSettled(this.#looks.values());
  }

  /** Looks at those that are due, and whose own content is known: else all of the upstream would seem to be missing. */
  async #lookAtDue(every: number): Promise<void> {
    const { db } = this.#parts.database;
    for (const { name } of this.list()) {
      const last = await this.store.lastLook(name);
      if (last !== undefined && last.ended_at > Date.now() - every) continue;
      const known = await db
        .selectFrom('reconciliations')
        .select('succeeded_at')
        .where('registry', '=', name)
        .executeTakeFirst();
      if (known?.succeeded_at != null && !this.#stop.signal.aborted) await this.look(name);
    }
  }

  async #lookAt({ name, upstream: address }: MirrorRegistry): Promise<void> {
    const { database, complain } = this.#parts;
    let upstream: OpenedRegistry | undefined;
    try {
      upstream = this.#open(address);
      const { requests, repositories, isPartial } = await lookAtUpstream(database, this.store, name, upstream);
      const done = { requests, repositories, is_partial: isPartial ? 1 : 0, error: '' };
      await this.store.recordLook({ registry: name, upstream: address, ...done });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      complain(`${name} is not compared with ${address}: ${message}`);
      const failed = { requests: upstream?.traffic.requests ?? 0, repositories: 0, is_partial: 1 };
      await this.store.recordLook({ registry: name, upstream: address, ...failed, error: message.slice(0, 500) });
    } finally {
      await upstream?.close();
    }
  }

  #open(address: string): OpenedRegistry {
    const { protocol, host } = new URL(address);
    const access = this.#parts.upstreams.find((each) => each.host === host);
    const { account, caFile } = access ?? {};
    return openRegistry({
      host,
      trust: {
        scheme: protocol === 'http:' ? 'http' : 'https',
        ...(caFile === undefined ? {} : { ca: readTextFile(caFile, { most: 1 << 20, besides: 'none' }) }),
      },
      ...(account === undefined
        ? {}
        : {
            credentials: async () => ({
              username: account.username,
              password: readTextFile(account.passwordFile, { most: 1 << 16, besides: 'none' }).trimEnd(),
            }),
          }),
      signal: this.#stop.signal,
      tries: 2,
      waits: false,
      patience: 20_000,
    });
  }
}
