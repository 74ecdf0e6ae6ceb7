import type { AtRegistry } from '../at-registry.js';
import type { ImageIndex } from '../image-index.js';
import { BulkRemoval } from './bulk-removal.js';
import { ImageKeeper } from './image-keeper.js';
import { ImageRemover } from './image-remover.js';
import { ImageRestorer } from './image-restorer.js';
import { KeptImages } from './kept-images.js';

/** Parts that delete images and bring them back. */
export interface ImageRemovals {
  readonly remover: ImageRemover;
  readonly bulk: BulkRemoval;
  readonly restorer: ImageRestorer;
  readonly kept: KeptImages;
  readonly keeper: ImageKeeper;
}

/** Makes the parts that delete images and bring them back. @param undoDays for which they can */
export function openRemovals(index: ImageIndex, at: AtRegistry, undoDays: number): ImageRemovals {
  const kept = new KeptImages(index.database, undoDays);
  const keeper = new ImageKeeper(at, kept);
  const remover = new ImageRemover(index, at, keeper);
  const restorer = new ImageRestorer(index, at, kept, keeper);
  return { remover, bulk: new BulkRemoval(index, at, remover), restorer, kept, keeper };
}
