import { RegistryError } from '../../registry-error.js';
import type { ArchiveLimits } from '../trees/limits.js';
import type { ArchiveContent, ArchivedImage } from './archive-content.js';

/** Most names that one notice quotes; of more, it has the number. */
const mostQuoted = 5;

/**
 * Leaves out images whose name no image can have, with a notice. In an archive with nothing else they stay, without a
 * name: whoever loads them has to give one.
 * @throws RegistryError `corrupt` where there are more images than the limits allow
 */
export function withValidNames(archive: string, content: ArchiveContent, limits: ArchiveLimits): ArchiveContent {
  requireFewImages(archive, content.images, limits);
  const wrong = content.images.filter(isMisnamed);
  const rest = content.images.filter((image) => !isMisnamed(image));
  if (wrong.length === 0) return content;
  if (rest.length === 0) return { ...content, images: uniqueImages(wrong) };
  return { ...content, images: rest, notices: [...content.notices, leftOutNotice(wrong)] };
}

/** @throws RegistryError `corrupt` */
export function requireFewImages(archive: string, images: readonly unknown[], limits: ArchiveLimits): void {
  if (images.length > limits.images)
    throw new RegistryError('corrupt', `${archive} names more than ${limits.images} images: it is not read`);
}

function isMisnamed({ name, repository, tag }: ArchivedImage): boolean {
  return name !== undefined && repository === undefined && tag === undefined;
}

function uniqueImages(images: readonly ArchivedImage[]): ArchivedImage[] {
  return [...new Map(images.map((image) => [image.digest, image])).values()];
}

function leftOutNotice(images: readonly ArchivedImage[]): string {
  const names = images.slice(0, mostQuoted).map(({ name = '' }) => JSON.stringify(name.slice(0, 300)));
  const more = images.length - names.length;
  return `left out, as these are no names of images: ${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
