import { Layout } from './layout.js';
import { ManifestCache } from './manifest-cache.js';
import { ReferrersIndex } from './referrers-index.js';
import { Uploads } from './uploads.js';

/** The storage, and what is remembered of it. */
export interface Store {
  readonly layout: Layout;
  readonly uploads: Uploads;
  readonly cache: ManifestCache;
  readonly referrers: ReferrersIndex;
  readonly rules: Rules;
}

/** What is allowed. */
export interface Rules {
  readonly readOnly: boolean;
  readonly deletes: boolean;
  readonly sparseIndexes: boolean;
  readonly maxManifestSize: number;
}

export function openStore(folder: string, rules: Rules): Store {
  const layout = new Layout(folder);
  return {
    layout,
    rules,
    uploads: new Uploads(layout),
    cache: new ManifestCache(layout),
    referrers: new ReferrersIndex(layout),
  };
}
