import { plainEntry } from '../lists/entry-fields.js';
import type { WantedImages } from '../lists/image-list.js';
import { parseReference } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import type { ArchiveSource } from './archive-source.js';
import type { ArchivedImage } from './read/archive-content.js';

/** Images of an archive that are to be loaded, and what is to be said of others. */
export interface WantedInArchive {
  readonly wanted: readonly WantedImages[];
  readonly notices: readonly string[];
}

/** Most digests that a notice has. */
const mostQuoted = 5;

/**
 * Lists the images of an archive. Those without a name are left out, with a notice, where others have one. `as` names
 * the only image of an archive, or the one that has no name; a registry before it is the target. `option` is what a user
 * gives it by.
 * @throws RegistryError `input` when no image has a name, there is none, or `as` could be any of several
 */
export function wantedInArchive(archive: ArchiveSource, as: string | undefined, option = '--as'): WantedInArchive {
  const images = archive.images();
  const nameless = namelessIn(archive);
  const named = images.filter(isNamed);
  if (as !== undefined) {
    const [only, ...others] = nameless.length > 0 ? nameless : named;
    if (only === undefined || others.length > 0) {
      throw new RegistryError('input', `${archive.name} has ${images.length} images: ${option} can name only one`, {
        hint: `leave out ${option} to load all under their own names`,
      });
    }
    const { registry, repository, tag = 'latest' } = parseReference(as, '-');
    const target = { target: repository, targetRegistry: registry === '-' ? undefined : registry };
    return {
      wanted: [
        { ...entryFor(only.repository ?? '', only.digest, repository, tag), ...target },
        ...(nameless.length > 0 ? named.map(ownEntry) : []),
      ],
      notices: [],
    };
  }
  const [first] = nameless;
  if (named.length > 0)
    return { wanted: named.map(ownEntry), notices: first === undefined ? [] : [leftOut(nameless, option)] };
  if (first === undefined) throw new RegistryError('input', `there are no images in ${archive.name}`);
  throw new RegistryError('input', `${archive.name} has no name for the image ${first.digest}`, {
    hint:
      nameless.length === 1
        ? `give it a name: ${option} team/web:1.0`
        : `load the ${nameless.length} images without a name one by one, from archives of their own`,
  });
}

/**
 * Returns the entries of a list whose images come from an archive. Where that holds one image without a name, and the
 * list names one, it is that.
 */
export function wantedFromArchive(archive: ArchiveSource, list: readonly WantedImages[]): readonly WantedImages[] {
  const [image, ...others] = namelessIn(archive);
  const [entry, ...more] = list.filter(({ source }) => source === undefined);
  const [tag, ...tags] = entry?.tags ?? [];
  const isOne = others.length === 0 && more.length === 0 && tags.length === 0 && entry?.patterns === undefined;
  if (image === undefined || entry === undefined || tag === undefined || !isOne) return list;
  if (archive.images().some(isNamed) || tag.digest !== undefined) return list;
  const only = { tag: undefined, digest: image.digest, targetTag: tag.targetTag ?? tag.tag };
  return list.map((each) => (each === entry ? { ...entry, repository: image.repository ?? '', tags: [only] } : each));
}

function isNamed({ repository, tag }: ArchivedImage): boolean {
  return repository !== undefined && tag !== undefined;
}

/** Returns the images of an archive that have no name and want one, each once. */
function namelessIn(archive: ArchiveSource): ArchivedImage[] {
  const images = archive.images();
  const known = new Set(images.flatMap((image) => (isNamed(image) ? [image.digest] : [])));
  const nameless = images.filter(
    (image) => !isNamed(image) && !archive.attached.has(image.digest) && !known.has(image.digest),
  );
  return [...new Map(nameless.map((image) => [image.digest, image])).values()];
}

function leftOut(images: readonly ArchivedImage[], option: string): string {
  const digests = images.slice(0, mostQuoted).map(({ digest }) => digest);
  const more = images.length - digests.length;
  const which = `${digests.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
  return images.length === 1
    ? `left out, as it has no name: ${which}; load it with a name: ${option} team/web:1.0`
    : `left out, as they have no name: ${which}`;
}

function ownEntry({ repository = '', tag = '', digest }: ArchivedImage): WantedImages {
  return entryFor(repository, digest, repository, tag);
}

function entryFor(repository: string, digest: ArchivedImage['digest'], target: string, tag: string): WantedImages {
  return { ...plainEntry(repository, undefined), target, tags: [{ tag: undefined, digest, targetTag: tag }] };
}
