import type { PrefixQuota } from './quotas/counted-quota.js';
import { noQuotas, type QuotaKeeper, Quotas } from './quotas/quotas.js';
import type { TagTest } from './rules/immutable-tags.js';
import { Layout } from './storage/layout.js';
import { ManifestCache } from './storage/manifest-cache.js';
import { ReferrersIndex } from './storage/referrers-index.js';
import { StorageHealth } from './storage/storage-health.js';
import { Uploads } from './uploads/uploads.js';

/** The storage, and what is remembered of it. */
export interface Store {
  readonly layout: Layout;
  readonly uploads: Uploads;
  readonly cache: ManifestCache;
  readonly referrers: ReferrersIndex;
  readonly health: StorageHealth;
  readonly quotas: QuotaKeeper;
  readonly rules: Rules;
  /** Reports what could not be done, and did not make a request fail. */
  readonly complain: (message: string) => void;
}

/** Rules of what clients may do. */
export interface Rules {
  readonly readOnly: boolean;
  readonly deletes: boolean;
  readonly sparseIndexes: boolean;
  /** Tells whether a tag keeps its manifest, once it has one. */
  readonly isImmutable: TagTest;
  /** In bytes, of those that are pushed. */
  readonly maxManifestSize: number;
}

/** Bytes up to which a manifest that lies in the storage is read, whatever may be pushed now. What is larger is none. */
const alwaysRead = 64 << 20;

export function openStore(
  folder: string,
  rules: Rules,
  complain: Store['complain'],
  quotas: readonly PrefixQuota[] = [],
): Store {
  const layout = new Layout(folder);
  const readable = Math.max(rules.maxManifestSize, alwaysRead);
  return {
    layout,
    rules,
    quotas: quotas.length === 0 ? noQuotas : new Quotas(quotas, layout, complain),
    complain,
    health: new StorageHealth(folder, !rules.readOnly),
    uploads: new Uploads(layout),
    cache: new ManifestCache(layout, readable),
    referrers: new ReferrersIndex(layout, readable, complain),
  };
}
