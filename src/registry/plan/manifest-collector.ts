import { isReferrersTag } from '../attached-tags.js';
import { isRefusal } from '../client/wire/answer-error.js';
import type { Digest } from '../digest.js';
import {
  blobsIn,
  checkDepth,
  type Descriptor,
  type Manifest,
  type RawManifest,
  readDescriptors,
  readManifest,
} from '../manifest.js';
import { isForeignLayer, isIndexType } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import { type Attachment, attachmentsOf, mayHaveAttachments } from './attachments.js';
import type { SourceCache } from './source-cache.js';
import type { LostAttachment, ManifestStep } from './sync-plan.js';
import type { TargetView } from './target-view.js';
import type { WantedImage } from './wanted-image.js';

/** Manifests of one image, with all that is attached to it, and their bytes: they are kept until all is planned. */
const mostManifests = 50_000;
const mostBytes = 64 << 20;
/** Most levels of attachments of attachments: a signature of an attestation is the second. */
const mostAttached = 8;

/** Collects the manifests that are to be written for one image. */
export class ManifestCollector {
  #steps: ManifestStep[] = [];
  readonly #seen = new Set<string>();
  #bytes = 0;
  /** Manifests whose attachments are wanted: the image, its parts, what is attached to them. */
  readonly #subjects = new Set<Digest>();

  readonly #image: WantedImage;
  readonly #source: SourceCache;
  /** Undefined where nothing counts as there: all is written again. */
  readonly #target: TargetView | undefined;

  constructor(image: WantedImage, source: SourceCache, target: TargetView | undefined) {
    this.#image = image;
    this.#source = source;
    this.#target = target;
  }

  /** Attachments that could not be read. */
  readonly lost: LostAttachment[] = [];

  /** Returns the steps, the one of the top manifest last: once its tag is there, all is. */
  stepsInOrder(digest: Digest): ManifestStep[] {
    const isTop = ({ raw, tag }: ManifestStep) => raw.digest === digest && tag === this.#image.targetTag;
    return [...this.#steps.filter((step) => !isTop(step)), ...this.#steps.filter(isTop)];
  }

  /** @param attachment reference of the attachment that it is, or belongs to */
  async add(raw: RawManifest, tag: string | undefined, depth: number, attachment?: string): Promise<void> {
    const key = `${tag ?? ''} ${raw.digest}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#bytes += raw.bytes.length;
    const where = this.#nameOf(raw.digest);
    if (this.#bytes > mostBytes)
      throw new RegistryError('corrupt', `${where}: the manifests of one image have more than ${mostBytes} bytes`);
    const manifest = readManifest(raw, where);
    this.#subjects.add(raw.digest);
    const children = manifest.kind === 'index' ? manifest.manifests : [];
    if (children.length > 0) checkDepth(depth + 1, where);
    if (this.#seen.size > mostManifests)
      throw new RegistryError('corrupt', `${where}: more than ${mostManifests} manifests for one image`);
    await Promise.all(children.map((child) => this.#addChild(child, where, depth + 1, attachment)));
    if (tag !== undefined && isReferrersTag(tag) && (await this.#lists(tag, raw))) return;
    this.#steps.push({
      raw,
      kind: manifest.kind,
      blobs: blobsToCopy(manifest),
      children: children.map(({ digest }) => digest),
      tag,
      subject: manifest.subject,
      descriptor: descriptorOf(raw, manifest),
      attachment,
    });
  }

  async #addChild(
    { digest, mediaType }: Descriptor,
    where: string,
    depth: number,
    attachment: string | undefined,
  ): Promise<void> {
    if (this.#seen.has(` ${digest}`)) return;
    if (await this.#isThere(digest)) {
      if (this.#image.attachments === 'all') await this.addUnchanged(digest, mediaType, depth);
      return;
    }
    const raw = await this.#source.manifest(this.#image.repository, digest);
    if (raw === undefined) throw this.#absentError(where, digest);
    await this.add(raw, undefined, depth, attachment);
  }

  async #isThere(digest: Digest): Promise<boolean> {
    const { targetRepository } = this.#image;
    if (this.#target === undefined || this.#target.isUnlisted(targetRepository)) return false;
    return (await this.#target.head(targetRepository, digest)) !== undefined;
  }

  /**
   * Notes a manifest that the target has, with its parts: what is attached to them is to be copied. An index is read
   * only where something may be attached to its parts, and at the target: some sources count what is read.
   */
  async addUnchanged(digest: Digest, mediaType: string, depth = 0): Promise<void> {
    if (this.#subjects.has(digest)) return;
    this.#subjects.add(digest);
    const { repository, targetRepository } = this.#image;
    if (!isIndexType(mediaType) || !(await mayHaveAttachments(this.#source, repository, digest))) return;
    const raw = await this.#target?.manifest(targetRepository, digest);
    if (raw === undefined) return; // Deleted there meanwhile: the next run copies it.
    const where = this.#nameOf(digest);
    checkDepth(depth + 1, where);
    const manifest = readManifest(raw, where);
    if (manifest.kind !== 'index') return;
    await Promise.all(manifest.manifests.map((child) => this.addUnchanged(child.digest, child.mediaType, depth + 1)));
  }

  /** Adds what is attached to all that was added, and what is attached to that in turn. */
  async addAttachments(): Promise<void> {
    let done = 0;
    for (let level = 1; done < this.#subjects.size; level += 1) {
      const subjects = [...this.#subjects].slice(done);
      const [first] = subjects;
      if (level > mostAttached + 1 && first !== undefined)
        throw new RegistryError(
          'corrupt',
          `${this.#nameOf(first)}: what is attached to it has something attached in turn, without end`,
        );
      for (const [at, subject] of subjects.entries()) {
        const attached = await attachmentsOf(this.#source, this.#image.repository, subject, done + at === 0);
        for (const attachment of attached) {
          await this.#addAttachment(attachment).catch((error: unknown) => this.#lose(attachment, error));
        }
      }
      done += subjects.length;
    }
  }

  /** Notes an attachment that can't be read: the image is copied without it. @throws the error where it is of more */
  #lose({ reference }: Attachment, error: unknown): void {
    if (!isRefusal(error) && !(error instanceof RegistryError && error.kind === 'corrupt')) throw error;
    this.#steps = this.#steps.filter(({ attachment }) => attachment !== reference);
    this.lost.push({ reference, error });
  }

  async #addAttachment({ reference, tag }: Attachment): Promise<void> {
    const { repository, targetRepository } = this.#image;
    const target = this.#target?.isUnlisted(targetRepository) === true ? undefined : this.#target;
    const there = await target?.head(targetRepository, reference);
    if (there !== undefined) {
      // A HEAD: registries with a quota count what is read.
      const digest = tag === undefined ? there.digest : (await this.#source.head(repository, tag))?.digest;
      if (digest === there.digest) {
        if (this.#image.attachments === 'all') this.#subjects.add(digest);
        return;
      }
    }
    const raw = await this.#source.manifest(repository, reference);
    if (raw === undefined) {
      const name = `${this.#source.source.name}/${repository}${tag === undefined ? '@' : ':'}${reference}`;
      throw new RegistryError('not-found', `${name} is listed, and is not there`);
    }
    await this.add(raw, tag, 0, reference);
  }

  /** Returns true where the target's list of referrers under a tag has all that the source's has: it may have more. */
  async #lists(tag: string, raw: RawManifest): Promise<boolean> {
    const { targetRepository } = this.#image;
    if (this.#target === undefined || this.#target.isUnlisted(targetRepository)) return false;
    if ((await this.#target.head(targetRepository, tag)) === undefined) return false;
    const there = await this.#target.manifest(targetRepository, tag);
    if (there === undefined) return false;
    const has = new Set(readDescriptors(there, tag).descriptors.map(({ digest }) => digest));
    return readDescriptors(raw, tag).descriptors.every(({ digest }) => has.has(digest));
  }

  #nameOf(digest: Digest): string {
    return `${this.#source.source.name}/${this.#image.repository}@${digest}`;
  }

  #absentError(where: string, digest: Digest): RegistryError {
    return new RegistryError(
      'not-found',
      `${where} names the manifest ${digest}, which ${this.#source.source.name} does not have`,
      { hint: 'list only the platforms that are there, with `platforms`' },
    );
  }
}

function descriptorOf(raw: RawManifest, manifest: Manifest): Descriptor {
  const artifactType = manifest.artifactType ?? (manifest.kind === 'image' ? manifest.config.mediaType : undefined);
  return {
    mediaType: raw.mediaType,
    digest: raw.digest,
    size: raw.bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(manifest.annotations).length === 0 ? {} : { annotations: { ...manifest.annotations } }),
  };
}

/** Lists the blobs that a registry wants before the manifest; layers that are had elsewhere are not among them. */
function blobsToCopy(manifest: Manifest) {
  const blobs = blobsIn(manifest).filter(
    ({ mediaType, urls }) => !(isForeignLayer(mediaType) && (urls?.length ?? 0) > 0),
  );
  return [...new Map(blobs.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
