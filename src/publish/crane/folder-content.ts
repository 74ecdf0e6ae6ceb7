import { join } from 'node:path';
import { readPlain } from '../../registry/server/storage/plain-file.js';
import type { ManifestContent } from './parts.js';

/** Bytes of a manifest, or of a list of tags, at most. */
export const largestManifest = 16 << 20;

/** Makes the manifests of a folder as Pulp publishes it: a folder for each repository, by the name that it has in Pulp. */
export function folderContent(folder: string): ManifestContent {
  return {
    read: ({ repository }, path) => readPlain(join(folder, repository, path), largestManifest, 'follow'),
  };
}
