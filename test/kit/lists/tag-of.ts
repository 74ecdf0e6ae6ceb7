import { plainEntry } from '../../../src/registry/lists/entry-fields.js';
import type { WantedImages } from '../../../src/registry/lists/image-list.js';

/** Makes an entry of a list that wants one tag of a repository. */
export function tagOf(repository: string, tag: string): WantedImages {
  return { ...plainEntry(repository, undefined), tags: [{ tag, digest: undefined, targetTag: undefined }] };
}
