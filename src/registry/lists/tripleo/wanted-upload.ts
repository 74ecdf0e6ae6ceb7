import { type EntryMistake, imageIn, plainEntry } from '../entry-fields.js';
import type { WantedImages } from '../image-list.js';

/** What TripleO uploads: an image, and where to. */
export interface Upload {
  readonly imagename: string;
  readonly push_destination?: string | boolean | null | undefined;
  readonly pull_source?: string | null | undefined;
}

/**
 * What an upload copies, and where to: all that comes after the first `/` of the name goes to the destination, whatever
 * stood before it. Without a destination it goes to the registry that the sync names.
 */
export function wantedOfUpload({ imagename, push_destination, pull_source }: Upload): WantedImages | EntryMistake {
  const rest = imagename.slice(imagename.indexOf('/') + 1);
  const target = typeof push_destination === 'string' && push_destination !== '' ? `${push_destination}/${rest}` : rest;
  const [from, to] = [imageNamed(pull_source ? `${pull_source}/${imagename}` : imagename), imageNamed(target)];
  if ('mistake' in from) return from;
  if ('mistake' in to) return to;
  const tag = from.tag ?? (from.digest === undefined ? 'latest' : undefined);
  return {
    ...plainEntry(from.repository, from.registry),
    target: to.repository,
    targetRegistry: to.registry || undefined,
    tags: [{ tag, digest: from.digest, targetTag: undefined }],
  };
}

function imageNamed(text: string) {
  const image = imageIn(text, undefined, []);
  return 'mistake' in image ? { ...image, mistake: `${JSON.stringify(text)} is ${image.mistake}` } : image;
}
