import type { Digest } from '../digest.js';
import { checkDepth, type Descriptor, type Manifest, type RawManifest, readManifest } from '../manifest.js';
import { isForeignLayer } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import { attachmentsOf } from './attachments.js';
import { choosePlatforms } from './choose-platforms.js';
import type { ImageComparison } from './compare.js';
import type { SourceCache } from './source-cache.js';
import type { ImagePlan, ManifestStep } from './sync-plan.js';
import type { TargetView } from './target-view.js';
import { referenceOf, sourceNameOf, targetNameOf, type WantedImage } from './wanted-image.js';

/** Manifests of one image, with all that is attached to it, and their bytes: they are kept until all is planned. */
const mostManifests = 50_000;
const mostBytes = 64 << 20;
/** Most levels of attachments of attachments: a signature of an attestation is the second. */
const mostAttached = 8;

/** Plans what to write for one image: all its manifests, what is attached to them, and the blobs they name. */
export async function planImage(
  image: WantedImage,
  standing: ImageComparison,
  source: SourceCache,
  target: TargetView,
): Promise<ImagePlan> {
  const name = targetNameOf(image);
  if (standing.is === 'unchanged') return { image, name, state: 'unchanged', digest: standing.digest };
  const top = await topManifest(image, source);
  const chosen = image.platforms === undefined ? { raw: top, notes: [] } : await choosePlatforms(top, image, source);
  const before = standing.is === 'missing' ? undefined : standing.before;
  const isWhole = standing.is !== 'incomplete';
  if (isWhole && chosen.raw.digest === before) return { image, name, state: 'unchanged', digest: before };
  const tree = new ManifestCollector(image, source, isWhole ? target : undefined);
  await tree.add(chosen.raw, image.targetTag, 0);
  if (image.attachments === 'all') await tree.addAttachments();
  return {
    image,
    name,
    state: before === undefined ? 'missing' : 'differs',
    digest: chosen.raw.digest,
    before,
    manifests: tree.stepsInOrder(),
    notes: [...chosen.notes, ...(standing.is === 'incomplete' ? standing.notes : [])],
  };
}

async function topManifest(image: WantedImage, source: SourceCache): Promise<RawManifest> {
  const raw = await source.manifest(image.repository, referenceOf(image));
  if (raw !== undefined) return raw;
  throw new RegistryError('not-found', `${source.source.name} does not have ${sourceNameOf(image)}`, {
    hint: 'correct the list, or push the image there',
  });
}

class ManifestCollector {
  readonly #steps: ManifestStep[] = [];
  readonly #seen = new Set<string>();
  #bytes = 0;
  readonly #subjects: Descriptor[] = [];

  readonly #image: WantedImage;
  readonly #source: SourceCache;
  /** Undefined where nothing counts as there: all is written again. */
  readonly #target: TargetView | undefined;

  constructor(image: WantedImage, source: SourceCache, target: TargetView | undefined) {
    this.#image = image;
    this.#source = source;
    this.#target = target;
  }

  /** Returns the steps, the top manifest last: once its tag is there, all is. */
  stepsInOrder(): ManifestStep[] {
    const top = this.#steps.find(({ descriptor }) => descriptor === this.#subjects[0]);
    return [...this.#steps.filter((step) => step !== top), ...(top === undefined ? [] : [top])];
  }

  async add(raw: RawManifest, tag: string | undefined, depth: number): Promise<void> {
    const key = `${tag ?? ''} ${raw.digest}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#bytes += raw.bytes.length;
    const where = `${this.#source.source.name}/${this.#image.repository}@${raw.digest}`;
    if (this.#bytes > mostBytes)
      throw new RegistryError('corrupt', `${where}: the manifests of one image have more than ${mostBytes} bytes`);
    const manifest = readManifest(raw, where);
    const descriptor = descriptorOf(raw, manifest);
    this.#subjects.push(descriptor);
    const children = manifest.kind === 'index' ? manifest.manifests : [];
    if (children.length > 0) checkDepth(depth + 1, where);
    if (this.#seen.size > mostManifests)
      throw new RegistryError('corrupt', `${where}: more than ${mostManifests} manifests for one image`);
    await Promise.all(children.map((child) => this.#addChild(child, where, depth + 1)));
    this.#steps.push({
      raw,
      kind: manifest.kind,
      blobs: blobsOf(manifest),
      children: children.map(({ digest }) => digest),
      tag,
      subject: manifest.subject,
      descriptor,
    });
  }

  async #addChild({ digest }: Descriptor, where: string, depth: number): Promise<void> {
    if (this.#seen.has(` ${digest}`)) return;
    if (await this.#isThere(digest)) return;
    const raw = await this.#source.manifest(this.#image.repository, digest);
    if (raw === undefined) {
      throw new RegistryError(
        'not-found',
        `${where} names the manifest ${digest}, which ${this.#source.source.name} does not have`,
        {
          hint: 'list only the platforms that are there, with `platforms`',
        },
      );
    }
    await this.add(raw, undefined, depth);
  }

  async #isThere(digest: Digest): Promise<boolean> {
    const { targetRepository } = this.#image;
    if (this.#target === undefined || this.#target.isNew(targetRepository)) return false;
    return (await this.#target.head(targetRepository, digest)) !== undefined;
  }

  /** Adds what is attached to all that is copied, and what is attached to that in turn. */
  async addAttachments(): Promise<void> {
    const { repository, targetRepository } = this.#image;
    let lastOfLevel = this.#subjects.length;
    let level = 1;
    for (let at = 0; at < this.#subjects.length; at += 1) {
      const subject = this.#subjects[at];
      if (subject === undefined) return;
      if (at === lastOfLevel) {
        lastOfLevel = this.#subjects.length;
        level += 1;
      }
      if (level > mostAttached + 1)
        throw new RegistryError(
          'corrupt',
          `${this.#source.source.name}/${repository}@${subject.digest}: what is attached to it has something attached in turn, without end`,
        );
      const attached = await attachmentsOf(this.#source, repository, subject.digest, at === 0);
      for (const { reference, tag } of attached) {
        const raw = await this.#source.manifest(repository, reference);
        if (raw === undefined) continue; // Listed a moment ago and deleted at the source meanwhile.
        const there =
          this.#target === undefined || this.#target.isNew(targetRepository)
            ? undefined
            : await this.#target.head(targetRepository, tag ?? raw.digest);
        if (there?.digest !== raw.digest) await this.add(raw, tag, 0);
      }
    }
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

/** Blobs that a registry wants before the manifest; layers that are had elsewhere are not among them. */
function blobsOf(manifest: Manifest) {
  if (manifest.kind === 'index') return [];
  const layers = manifest.layers.filter(
    ({ mediaType, urls }) => !(isForeignLayer(mediaType) && (urls?.length ?? 0) > 0),
  );
  const byDigest = new Map([manifest.config, ...layers].map(({ digest, size }) => [digest, { digest, size }]));
  return [...byDigest.values()];
}
