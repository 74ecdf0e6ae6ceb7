import { Readable } from 'node:stream';
import { algorithmOf, type Digest, finishDigest, hashFor, isDigest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { BlobName, ImageSource } from '../source.js';
import type { ArchiveContent, ArchivedImage, BlobPlace } from './read/archive-content.js';

/** An archive that images can be read from as from a registry. Digests are found under any repository, tags under their own; `''` is the repository of images that the archive names by tag alone. */
export interface ArchiveSource extends ImageSource {
  /** Returns the images of the archive, in its order. */
  images(): readonly ArchivedImage[];
  /** Digests of what is in it only as it is attached to others: it needs no name. */
  readonly attached: ReadonlySet<Digest>;
  /** Notices for whoever loads it: digests that are made here, images that are left out. */
  readonly notices: readonly string[];
}

/** Makes a source of an archive's content. `close` ends the archive under it. */
export function archiveSource(name: string, content: ArchiveContent, close: () => Promise<void>): ArchiveSource {
  const digestFor = (repository: string, reference: string): Digest | undefined => {
    if (isDigest(reference)) return content.manifests.has(reference) ? reference : undefined;
    const named = imagesOf(content, repository).filter((image) => image.tag === reference);
    const [first, other] = named;
    if (other !== undefined && other.digest !== first?.digest)
      throw new RegistryError(
        'input',
        `${name} has different images for ${repository}:${reference}: ${named.map((image) => image.name).join(', ')}`,
        {
          hint: 'name the one you mean by its digest',
        },
      );
    return first?.digest;
  };
  return {
    name,
    images: () => content.images,
    attached: new Set([...content.referrers.values()].flat().map(({ digest }) => digest)),
    notices: content.notices,
    async head(repository, reference) {
      const digest = digestFor(repository, reference);
      return digest === undefined ? undefined : content.manifests.get(digest);
    },
    async manifest(repository, reference) {
      const digest = digestFor(repository, reference);
      return digest === undefined ? undefined : content.manifest(digest);
    },
    async blob(_repository, blob) {
      const place = await findBlob(name, content, blob);
      return Readable.from(verifyContent(await place.open(0), place, blob, name), {
        objectMode: false,
        highWaterMark: 256 * 1024,
      });
    },
    async blobPart(_repository, digest, from) {
      const place = await findBlob(name, content, { digest });
      return place.open(from);
    },
    async tags(repository) {
      const images = imagesOf(content, repository);
      const tags = images.flatMap(({ tag }) => tag ?? []);
      if (images.length === 0) throw new RegistryError('not-found', `${name} has no image of ${repository}`);
      return [...new Set(tags)].sort();
    },
    repositories: async () => [...new Set(content.images.flatMap(({ repository }) => repository ?? []))].sort(),
    referrers: async (_repository, digest) => [...(content.referrers.get(digest) ?? [])],
    close,
  };
}

/** Returns the images of a repository; `busybox` and Docker Hub's name of it, `library/busybox`, stand for each other. */
function imagesOf({ images }: ArchiveContent, repository: string): ArchivedImage[] {
  const named = images.filter((image) => (image.repository ?? '') === repository);
  if (named.length > 0) return named;
  const bare = (path: string) => path.replace(/^library\/(?=[^/]+$)/, '');
  return images.filter((image) => image.repository !== undefined && bare(image.repository) === bare(repository));
}

async function findBlob(
  name: string,
  content: ArchiveContent,
  blob: { digest: Digest; size?: number },
): Promise<BlobPlace> {
  const place = await content.blob(blob.digest);
  if (place === undefined)
    throw new RegistryError('corrupt', `${name}: the blob ${blob.digest} is not in it`, {
      hint: 'the archive was saved without it, or was thinned out: save the image again',
    });
  if (blob.size !== undefined && place.size !== blob.size)
    throw new RegistryError(
      'corrupt',
      `${name}: ${place.entry} has ${place.size} bytes, and its manifest says ${blob.size}`,
    );
  return place;
}

async function* verifyContent(content: Readable, place: BlobPlace, { digest, size }: BlobName, name: string) {
  const hash = hashFor(digest);
  let read = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    read += chunk.length;
    yield chunk;
  }
  const got = finishDigest(hash, algorithmOf(digest));
  if (got !== digest || read !== size)
    throw new RegistryError(
      'corrupt',
      `${name}: ${place.entry} should be ${digest}, and its ${read} bytes have the digest ${got}`,
      {
        hint: 'the archive was damaged: fetch it, or save the image, again',
      },
    );
}
