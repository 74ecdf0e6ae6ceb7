import type { Store } from '../store.js';
import type { PullFigures } from './pull-figures.js';
import type { Upstream } from './upstream.js';

/** Context of the parts of a pull-through cache. */
export interface PullContext {
  readonly store: Store;
  readonly upstream: Upstream;
  readonly figures: PullFigures;
}
