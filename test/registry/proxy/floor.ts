import type { ImageSet } from './image-set.js';
import { tagsOf } from './image-set.js';

/** The fewest requests that the protocol allows a sync of everything with a tag, authorization apart (a ping and a token a registry). */
export interface RequestFloor {
  /** A HEAD a tag on either side. */
  readonly unchanged: number;
  /** A GET for every manifest, and for every blob once. */
  readonly coldSource: number;
  /** Two for every blob once (POST, PUT), a mount for each other repository that it is in, a PUT for every manifest. */
  readonly coldTarget: number;
  readonly manifests: number;
  readonly blobs: number;
  readonly mounts: number;
}

/** Computes the floor of a set for an empty target that can mount. A manifest with two tags is written twice. */
export function requestFloor(set: ImageSet): RequestFloor {
  const contents = [...set.repositories.values()];
  const manifests = contents.reduce((sum, { manifests }) => sum + manifests.size, 0);
  const written = contents.reduce((sum, { manifests, tags }) => {
    const named = new Set(tags.values());
    return sum + tags.size + [...manifests.keys()].filter((digest) => !named.has(digest)).length;
  }, 0);
  const placed = contents.reduce((sum, { blobs }) => sum + blobs.size, 0);
  const blobs = new Set(contents.flatMap(({ blobs }) => [...blobs])).size;
  return {
    unchanged: tagsOf(set).length,
    coldSource: manifests + blobs,
    coldTarget: 2 * blobs + (placed - blobs) + written,
    manifests,
    blobs,
    mounts: placed - blobs,
  };
}
