import { Collector } from './gc/collector.js';
import { Presence } from './gc/presence.js';
import { Scrubber } from './gc/scrubber.js';
import type { PrefixQuota } from './quotas/counted-quota.js';
import { noQuotas, type QuotaFill, type QuotaKeeper, Quotas } from './quotas/quotas.js';
import { ReferrersIndex } from './referrers/referrers-index.js';
import type { TagTest } from './rules/immutable-tags.js';
import { ClosedFolders } from './storage/closed-folders.js';
import { Layout } from './storage/layout.js';
import { ManifestCache } from './storage/manifest-cache.js';
import { Removals } from './storage/removals.js';
import { StorageHealth } from './storage/storage-health.js';
import { TagLists } from './storage/tag-lists.js';
import { Uses } from './storage/uses.js';
import { Uploads } from './uploads/uploads.js';

/** The storage, and what is remembered of it. */
export interface Store {
  readonly layout: Layout;
  readonly uses: Uses;
  readonly uploads: Uploads;
  readonly cache: ManifestCache;
  readonly tags: TagLists;
  readonly referrers: ReferrersIndex;
  readonly health: StorageHealth;
  readonly presence: Presence;
  readonly collector: Collector;
  readonly scrubber: Scrubber;
  readonly quotas: QuotaKeeper;
  readonly removals: Removals;
  readonly closed: ClosedFolders;
  readonly rules: Rules;
  /** Reports what could not be done, and did not make a request fail. */
  readonly complain: (message: string) => void;
}

/** Rules of what clients may do. */
export interface Rules {
  readonly readOnly: boolean;
  readonly deletes: boolean;
  readonly sparseIndexes: boolean;
  /** Milliseconds for which what a request relied on isn't collected. */
  readonly grace: number;
  /** Tells whether a tag keeps its manifest, once it has one. */
  readonly isImmutable: TagTest;
  /** In bytes, of those that are pushed. */
  readonly maxManifestSize: number;
}

/** Bytes up to which a manifest that lies in the storage is read, whatever may be pushed now. What is larger is none. */
const alwaysRead = 64 << 20;

/** Milliseconds in which the time of a file that is used is written once, at most; and how often in a grace time, at least. */
const longestRefresh = 60_000;
const leastRefreshes = 10;

/** Opens a storage. @param unusedFor milliseconds after its last use in which a manifest is collected; undefined: it stays */
export function openStore(
  folder: string,
  rules: Rules,
  complain: Store['complain'],
  quotas: readonly PrefixQuota[] = [],
  unusedFor?: number,
  quotaFilled?: (fill: QuotaFill) => void,
): Store {
  const layout = new Layout(folder);
  const uses = new Uses(layout, Math.min(longestRefresh, rules.grace / leastRefreshes), !rules.readOnly);
  const readable = Math.max(rules.maxManifestSize, alwaysRead);
  const presence = new Presence(layout);
  const keeper = quotas.length === 0 ? noQuotas : new Quotas(quotas, layout, complain, quotaFilled);
  return {
    layout,
    rules,
    quotas: keeper,
    removals: new Removals(complain),
    closed: new ClosedFolders(complain),
    complain,
    presence,
    collector: new Collector({
      layout,
      uses,
      presence,
      complain,
      grace: rules.grace,
      unusedFor,
      mostManifest: readable,
      isImmutable: rules.isImmutable,
      removed: () => keeper.recount(),
    }),
    scrubber: new Scrubber(layout, uses, complain),
    health: new StorageHealth(folder, !rules.readOnly),
    uses,
    uploads: new Uploads(layout, uses),
    cache: new ManifestCache(layout, readable),
    tags: new TagLists(layout),
    referrers: new ReferrersIndex(layout, readable, complain),
  };
}
