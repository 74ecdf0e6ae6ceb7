import { formatBytes } from '../../../text/format-bytes.js';
import type { Digest } from '../../digest.js';
import { isOf } from '../access/rights.js';
import { refusal, type ServerAnswer } from '../answers/answer.js';
import type { Layout } from '../storage/layout.js';
import { CountedQuota, type PrefixQuota } from './counted-quota.js';
import { type LinkedContent, linkedContent } from './linked-content.js';

/** Keeper of what repositories may have at most. */
export interface QuotaKeeper {
  /** Refuses an upload that can't be kept: nothing is free, or it alone is more than the quota. */
  refuseUpload(name: string, bytes: number): Promise<ServerAnswer | undefined>;
  /** Writes content where there is room for it, or refuses to. */
  hold(content: LinkedContent, write: () => Promise<void>): Promise<ServerAnswer | undefined>;
  /** Records that a repository has no link to content any more. */
  forget(name: string, sha256: Digest): void;
  /** Counts all anew: content was removed by other means. */
  recount(): Promise<void>;
  /** Returns lines for Prometheus. */
  metricLines(): readonly string[];
}

/** Keeper of a server without quotas. */
export const noQuotas: QuotaKeeper = {
  refuseUpload: async () => undefined,
  hold: async (_content, write) => {
    await write();
    return undefined;
  },
  forget: () => {},
  recount: async () => {},
  metricLines: () => [],
};

/** Change of how full a quota is. */
export interface QuotaFill extends PrefixQuota {
  /** `full`: something was refused; `nearly-full`: nine tenths are used; `free`: neither, after one of these. */
  readonly fill: 'free' | 'nearly-full' | 'full';
  readonly used: number;
  /** Repository whose content it was; absent for `free`. */
  readonly repository?: string;
}

/** Part of a quota from which on it is nearly full. */
const nearlyFull = 0.9;

/** Age of a count, in milliseconds, after which it is made anew before something is refused. */
const mostAge = 60_000;

/** Keeper of quotas by prefixes, each of which holds. */
export class Quotas implements QuotaKeeper {
  readonly #quotas: readonly CountedQuota[];
  readonly #fills = new Map<CountedQuota, QuotaFill['fill']>();
  readonly #tell: (fill: QuotaFill) => void;

  /** @param tell is told of each change of how full a quota is, as far as this server sees it */
  constructor(
    quotas: readonly PrefixQuota[],
    layout: Layout,
    complain: (message: string) => void,
    tell: (fill: QuotaFill) => void = () => {},
  ) {
    this.#quotas = quotas.map((each) => new CountedQuota(each, (prefix) => linkedContent(layout, prefix, complain)));
    this.#tell = tell;
  }

  async refuseUpload(name: string, bytes: number): Promise<ServerAnswer | undefined> {
    for (const counted of this.#of(name)) {
      const { quota } = counted;
      if (bytes > quota.bytes) return this.#refuse(counted, name, (await counted.usage()).bytes, bytes);
      if ((await counted.usage()).bytes < quota.bytes) continue;
      const { bytes: used } = await counted.usage(mostAge);
      if (used >= quota.bytes) return this.#refuse(counted, name, used, bytes);
    }
    return undefined;
  }

  async hold(content: LinkedContent, write: () => Promise<void>): Promise<ServerAnswer | undefined> {
    const quotas = this.#of(content.name);
    for (const counted of quotas) {
      await counted.usage(); // All is counted first: from the decision to what it adds nothing is waited for.
      if (!counted.hasRoom(content)) await counted.usage(mostAge);
    }
    const full = quotas.find((each) => !each.hasRoom(content));
    if (full !== undefined) return this.#refuse(full, content.name, full.used ?? 0, content.size);
    const added = quotas.filter((each) => each.begin(content));
    try {
      await write();
    } catch (error) {
      for (const each of added) each.remove(content.name, content.sha256);
      throw error;
    } finally {
      for (const each of quotas) each.end(content);
    }
    for (const each of quotas) this.#look(each, content.name);
    return undefined;
  }

  forget(name: string, sha256: Digest): void {
    for (const counted of this.#of(name)) {
      counted.remove(name, sha256);
      this.#look(counted);
    }
  }

  async recount(): Promise<void> {
    await Promise.all(this.#quotas.map((each) => each.usage(0)));
    for (const each of this.#quotas) this.#look(each);
  }

  metricLines(): readonly string[] {
    const lines = (value: (each: CountedQuota) => number | undefined, name: string) =>
      this.#quotas.flatMap((each) => {
        const found = value(each);
        return found === undefined ? [] : [`${name}{prefix="${each.quota.prefix}"} ${found}`];
      });
    return [
      '# HELP registry_quota_bytes Bytes that the repositories of a prefix may have.',
      '# TYPE registry_quota_bytes gauge',
      ...lines(({ quota }) => quota.bytes, 'registry_quota_bytes'),
      '# HELP registry_quota_used_bytes Bytes that they have, each content once.',
      '# TYPE registry_quota_used_bytes gauge',
      ...lines(({ used }) => used, 'registry_quota_used_bytes'),
    ];
  }

  #refuse(counted: CountedQuota, repository: string, used: number, more: number): ServerAnswer {
    this.#change(counted, { fill: 'full', used, repository });
    return refused(counted.quota, used, more);
  }

  /** Looks how full a quota is. @param repository whose content was added; undefined: something went */
  #look(counted: CountedQuota, repository?: string): void {
    const { quota, used } = counted;
    if (used === undefined) return;
    if (used < quota.bytes * nearlyFull) this.#change(counted, { fill: 'free', used });
    else if (repository !== undefined && this.#fills.get(counted) !== 'full') {
      this.#change(counted, { fill: 'nearly-full', used, repository });
    }
  }

  #change(counted: CountedQuota, change: Omit<QuotaFill, keyof PrefixQuota>): void {
    // The first look says what it finds: who is told may know of a former server's.
    if (this.#fills.get(counted) === change.fill) return;
    this.#fills.set(counted, change.fill);
    this.#tell({ ...counted.quota, ...change });
  }

  #of(name: string): readonly CountedQuota[] {
    return this.#quotas.filter(({ quota }) => isOf(name, quota.prefix));
  }
}

function refused({ prefix, bytes }: PrefixQuota, used: number, more: number): ServerAnswer {
  const needs = more === 0 ? '' : `, and this needs ${formatBytes(more)}`;
  const message = `the quota of ${prefix} is ${formatBytes(bytes)}: ${formatBytes(used)} are used${needs}`;
  return refusal(403, 'DENIED', message, { prefix, bytes, used });
}
