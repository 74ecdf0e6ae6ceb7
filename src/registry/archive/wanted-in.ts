import { plainEntry } from '../lists/entry-fields.js';
import type { WantedImages } from '../lists/image-list.js';
import { parseReference } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import type { ArchiveSource } from './archive-source.js';

/**
 * Lists the images of an archive. Images without a name need one. `as` names the only image of an archive, or the one
 * that has no name.
 * @throws RegistryError `input` when an image has no name, or there is none
 */
export function wantedInArchive(archive: ArchiveSource, as: string | undefined): WantedImages[] {
  const images = archive.images();
  const attached = referrersIn(images);
  const nameless = images.filter(
    ({ repository, tag, digest }) => (repository === undefined || tag === undefined) && !attached.has(digest),
  );
  const named = images.filter(({ repository, tag }) => repository !== undefined && tag !== undefined);
  if (as !== undefined) {
    const [only, ...others] = nameless.length > 0 ? nameless : named;
    if (only === undefined || others.length > 0) {
      throw new RegistryError('input', `${archive.name} has ${images.length} images: --as can name only one`, {
        hint: 'leave out --as to load all under their own names',
      });
    }
    const { repository, tag } = parseReference(as, '-');
    return [
      entryFor(only.repository ?? '', only.digest, repository, tag ?? 'latest'),
      ...(nameless.length > 0 ? named.map(ownEntry) : []),
    ];
  }
  const [first] = nameless;
  if (first !== undefined) {
    throw new RegistryError('input', `${archive.name} has no name for the image ${first.digest}`, {
      hint:
        nameless.length === 1
          ? 'give it a name: --as team/web:1.0'
          : `load the ${nameless.length} images without a name one by one, from archives of their own`,
    });
  }
  if (named.length === 0) throw new RegistryError('input', `there are no images in ${archive.name}`);
  return named.map(ownEntry);
}

function ownEntry({ repository = '', tag = '', digest }: ReturnType<ArchiveSource['images']>[number]): WantedImages {
  return entryFor(repository, digest, repository, tag);
}

function entryFor(
  repository: string,
  digest: WantedImages['tags'][number]['digest'],
  target: string,
  tag: string,
): WantedImages {
  return { ...plainEntry(repository, undefined), target, tags: [{ tag: undefined, digest, targetTag: tag }] };
}

/** Returns the digests of images that have no name as they are attached to others. */
function referrersIn(images: ReturnType<ArchiveSource['images']>): ReadonlySet<string> {
  if (images.every(({ name }) => name === undefined)) return new Set();
  return new Set(images.flatMap(({ name, digest }) => (name === undefined ? [digest] : [])));
}
