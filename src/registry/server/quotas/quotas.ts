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

/** Age of a count, in milliseconds, after which it is made anew before something is refused. */
const mostAge = 60_000;

/** Keeper of quotas by prefixes, each of which holds. */
export class Quotas implements QuotaKeeper {
  readonly #quotas: readonly CountedQuota[];

  constructor(quotas: readonly PrefixQuota[], layout: Layout, complain: (message: string) => void) {
    this.#quotas = quotas.map((each) => new CountedQuota(each, (prefix) => linkedContent(layout, prefix, complain)));
  }

  async refuseUpload(name: string, bytes: number): Promise<ServerAnswer | undefined> {
    for (const counted of this.#of(name)) {
      const { quota } = counted;
      if (bytes > quota.bytes) return refused(quota, (await counted.usage()).bytes, bytes);
      if ((await counted.usage()).bytes < quota.bytes) continue;
      const { bytes: used } = await counted.usage(mostAge);
      if (used >= quota.bytes) return refused(quota, used, bytes);
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
    if (full !== undefined) return refused(full.quota, full.used ?? 0, content.size);
    const added = quotas.filter((each) => each.begin(content));
    try {
      await write();
    } catch (error) {
      for (const each of added) each.remove(content.name, content.sha256);
      throw error;
    } finally {
      for (const each of quotas) each.end(content);
    }
    return undefined;
  }

  forget(name: string, sha256: Digest): void {
    for (const counted of this.#of(name)) counted.remove(name, sha256);
  }

  async recount(): Promise<void> {
    await Promise.all(this.#quotas.map((each) => each.usage(0)));
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

  #of(name: string): readonly CountedQuota[] {
    return this.#quotas.filter(({ quota }) => isOf(name, quota.prefix));
  }
}

function refused({ prefix, bytes }: PrefixQuota, used: number, more: number): ServerAnswer {
  const needs = more === 0 ? '' : `, and this needs ${formatBytes(more)}`;
  const message = `the quota of ${prefix} is ${formatBytes(bytes)}: ${formatBytes(used)} are used${needs}`;
  return refusal(403, 'DENIED', message, { prefix, bytes, used });
}
