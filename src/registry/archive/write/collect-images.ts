import { isRefusal } from '../../client/wire/answer-error.js';
import type { Digest } from '../../digest.js';
import { blobsIn, type Descriptor, type Manifest, type RawManifest, readManifest } from '../../manifest.js';
import { isForeignLayer } from '../../media-types.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import type { LayoutImage } from './layout-documents.js';

/** An image to be saved, and where from. */
export interface ImageToSave {
  readonly source: ImageSource;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
  /**
   * Name in the archive: `registry.example.com/team/web:1.0`; undefined for an image without a name, as referrers are.
   */
  readonly name: string | undefined;
  /** Name of the image that it is attached to: where it can't be read, that is saved without it. */
  readonly attachedTo?: string | undefined;
}

/** All that has to be in the archive, each once. */
export interface Collection {
  readonly images: readonly LayoutImage[];
  readonly manifests: ReadonlyMap<Digest, { readonly raw: RawManifest; readonly manifest: Manifest }>;
  readonly blobs: ReadonlyMap<Digest, BlobToSave>;
  /** Content that several images name and that is saved once: how often, and how many bytes that saves. */
  readonly shared: { readonly blobs: number; readonly bytes: number };
  /** Layers that are had from their `urls`, and are not saved. */
  readonly foreign: readonly Digest[];
  /** Attachments that could not be read. */
  readonly lost: readonly LostFromArchive[];
}

/** Something attached to an image that could not be read. */
export interface LostFromArchive {
  /** `team/web@sha256:…` */
  readonly name: string;
  readonly attachedTo: string;
  readonly error: RegistryError;
}

/** Makes the record of an attachment that could not be read. @throws the error where it is of more than that */
export function lostFromArchive(
  { repository, reference }: ImageToSave,
  attachedTo: string,
  error: unknown,
): LostFromArchive {
  if (!isRefusal(error) && !(error instanceof RegistryError && error.kind === 'corrupt')) throw error;
  return { name: `${repository}${reference.includes(':') ? '@' : ':'}${reference}`, attachedTo, error };
}

export interface BlobToSave {
  readonly descriptor: Descriptor;
  readonly source: ImageSource;
  readonly repository: string;
}

/** Images of which manifests are read at one time. */
const beside = 8;

/** Reads the manifests of images, those of indexes included. @throws RegistryError `not-found`, `input` when two images would have one name */
export async function collectImages(images: readonly ImageToSave[]): Promise<Collection> {
  const collector = new Collector();
  const queue = images.entries();
  const found: (LayoutImage | undefined)[] = [];
  const lost: LostFromArchive[] = [];
  const work = async () => {
    for (const [index, image] of queue) {
      const { attachedTo } = image;
      if (attachedTo === undefined) found[index] = await collector.add(image);
      else {
        // Of one that can't be read whole nothing is kept.
        const part = new Collector();
        try {
          const attachment = await part.add(image);
          for (const blob of part.result().blobs.values()) await requireBlob(blob);
          found[index] = attachment;
          collector.merge(part);
        } catch (error) {
          lost.push(lostFromArchive(image, attachedTo, error));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: beside }, work));
  const named = new Map<string, LayoutImage>();
  for (const image of found.filter((each) => each !== undefined)) {
    const key = image.name ?? image.raw.digest;
    const other = named.get(key);
    if (other !== undefined && other.raw.digest !== image.raw.digest)
      throw new RegistryError(
        'input',
        `two images would be called ${key}: ${other.raw.digest} and ${image.raw.digest}`,
      );
    named.set(key, image);
  }
  return { ...collector.result(), images: [...named.values()], lost };
}

/** Opens a blob of an attachment: once the archive is being written, one that isn't there would end it. */
async function requireBlob({ source, repository, descriptor }: BlobToSave): Promise<void> {
  for await (const _ of await source.blob(repository, descriptor)) return;
}

class Collector {
  readonly #manifests = new Map<Digest, { raw: RawManifest; manifest: Manifest }>();
  readonly #blobs = new Map<Digest, BlobToSave>();
  readonly #shared = { blobs: 0, bytes: 0 };
  readonly #foreign = new Set<Digest>();

  result(): Omit<Collection, 'images' | 'lost'> {
    return { manifests: this.#manifests, blobs: this.#blobs, shared: this.#shared, foreign: [...this.#foreign] };
  }

  /** Takes over what another has collected. */
  merge(other: Collector): void {
    for (const [digest, manifest] of other.#manifests) this.#manifests.set(digest, manifest);
    for (const blob of other.#blobs.values()) this.#note(blob, blob.descriptor);
    for (const digest of other.#foreign) this.#foreign.add(digest);
  }

  async add(image: ImageToSave): Promise<LayoutImage> {
    return { name: image.name, ...(await this.#read(image, image.reference)) };
  }

  async #read(image: ImageToSave, reference: string): Promise<{ raw: RawManifest; manifest: Manifest }> {
    const { source, repository } = image;
    const where = `${source.name}: ${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
    const raw = await source.manifest(repository, reference);
    if (raw === undefined) throw new RegistryError('not-found', `${where} is not there, and so can't be saved`);
    const known = this.#manifests.get(raw.digest);
    if (known !== undefined) return known;
    const read = { raw, manifest: readManifest(raw, where) };
    this.#manifests.set(raw.digest, read);
    if (read.manifest.kind === 'index')
      await Promise.all(read.manifest.manifests.map(({ digest }) => this.#read(image, digest)));
    for (const blob of blobsIn(read.manifest)) this.#note(image, blob);
    return read;
  }

  #note({ source, repository }: Pick<ImageToSave, 'source' | 'repository'>, descriptor: Descriptor): void {
    if (isForeignLayer(descriptor.mediaType)) this.#foreign.add(descriptor.digest);
    else if (this.#blobs.has(descriptor.digest)) {
      this.#shared.blobs += 1;
      this.#shared.bytes += descriptor.size;
    } else this.#blobs.set(descriptor.digest, { descriptor, source, repository });
  }
}
