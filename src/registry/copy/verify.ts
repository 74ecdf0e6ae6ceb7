import type { Readable } from 'node:stream';
import { isReferrersTag } from '../attached-tags.js';
import { hasFirstByte } from '../client/first-byte.js';
import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { blobsIn, checkDepth, readManifest } from '../manifest.js';
import { isForeignLayer } from '../media-types.js';
import { memoizeAsync } from '../memoize-async.js';
import type { ManifestStep } from '../plan/sync-plan.js';
import { RegistryError } from '../registry-error.js';
import type { BlobName } from '../source.js';

/**
 * Extent of the verification after a sync: `none`; `copied`, all copied content is there; `present`, all of the list is
 * there; `deep`, all of the list has the right bytes, by reading them.
 */
export type VerifyLevel = 'none' | 'copied' | 'present' | 'deep';

/** Verifies what a target holds, each blob once. */
export class Verifier {
  readonly #present = new Map<string, Promise<void>>();
  readonly #read = new Map<Digest, Promise<void>>();
  readonly #walked = new Map<string, Promise<readonly LostContent[]>>();

  readonly #target: Registry;
  readonly #level: VerifyLevel;

  constructor(target: Registry, level: VerifyLevel) {
    this.#target = target;
    this.#level = level;
  }

  /**
   * Checks that manifests which were just written, and their blobs, are there.
   * @throws RegistryError naming what isn't
   */
  async verifyWritten(steps: readonly ManifestStep[], repository: string): Promise<void> {
    await Promise.all(
      steps.flatMap((step) => [
        this.#requireManifest(repository, step.tag ?? step.raw.digest, step.raw.digest, step.tag),
        ...step.blobs.map((blob) => this.#requireBlob(repository, blob)),
      ]),
    );
  }

  /**
   * Checks that an image is there whole, as its manifest at the target says.
   * @throws RegistryError naming what isn't
   */
  async verifyImage(repository: string, reference: string, expected: Digest): Promise<void> {
    const [first, ...others] = await this.lostOf(repository, reference, expected);
    if (first === undefined) return;
    if (others.length === 0) throw first.error;
    const { kind, message, hint } = first.error;
    throw new RegistryError(kind, `${message} (and ${others.map(({ digest }) => digest).join(', ')})`, { hint });
  }

  /**
   * Lists the content of an image that the target does not have, or has with other bytes.
   * @throws RegistryError when the target can't be asked
   */
  async lostOf(repository: string, reference: string, expected: Digest, depth = 0): Promise<readonly LostContent[]> {
    const name = `${this.#target.host}/${repository}`;
    checkDepth(depth, `${name}@${expected}`);
    const raw = await this.#target.manifest(repository, reference);
    if (raw === undefined || raw.digest !== expected)
      return [{ digest: expected, error: absentError(`the manifest ${expected}`, name) }];
    const manifest = readManifest(raw, `${name}@${raw.digest}`);
    const children = manifest.kind === 'index' ? manifest.manifests : [];
    const child = (digest: Digest) => () => this.lostOf(repository, digest, digest, depth + 1);
    const blobs = blobsIn(manifest).filter(({ mediaType, urls }) => !(isForeignLayer(mediaType) && urls !== undefined));
    const lost = await Promise.all([
      ...children.map(({ digest }) => memoizeAsync(this.#walked, `${repository} ${digest}`, child(digest))),
      ...blobs.map((blob) => this.#lostBlob(repository, blob)),
    ]);
    return uniqueByDigest(lost.flat());
  }

  async #requireManifest(
    repository: string,
    reference: string,
    digest: Digest,
    tag: string | undefined,
  ): Promise<void> {
    const found = await this.#target.head(repository, reference);
    const mayDiffer = tag !== undefined && isReferrersTag(tag); // It is joined with what the target has.
    if (found === undefined || (found.digest !== digest && !mayDiffer)) {
      throw absentError(
        `the manifest ${digest}${tag === undefined ? '' : ` (${tag})`}`,
        `${this.#target.host}/${repository}`,
      );
    }
  }

  async #lostBlob(repository: string, blob: BlobName): Promise<LostContent[]> {
    try {
      await this.#requireBlob(repository, blob);
      return [];
    } catch (error) {
      if (!(error instanceof RegistryError) || !lostKinds.has(error.kind)) throw error;
      return [{ digest: blob.digest, error }];
    }
  }

  #requireBlob(repository: string, blob: BlobName): Promise<void> {
    return memoizeAsync(this.#present, `${repository} ${blob.digest}`, async () => {
      // The bytes are the same in every repository: they are read in one, and must be served by all.
      const read = this.#read.get(blob.digest);
      if (this.#level === 'deep' && read === undefined)
        return memoizeAsync(this.#read, blob.digest, () => this.#readBlob(repository, blob));
      read?.catch(() => {}); // Awaited below, once it is known that this repository serves the blob.
      const isThere =
        this.#level === 'copied' ? this.#target.hasBlob(repository, blob.digest) : this.#isServed(repository, blob);
      if (!(await isThere)) throw absentError(`blob ${blob.digest}`, `${this.#target.host}/${repository}`);
      await read;
    });
  }

  /**
   * Asks for the first byte of a blob. A HEAD is answered from the descriptors that docker-registry 2.x remembers, also
   * where the file is gone.
   */
  async #isServed(repository: string, { digest, size }: BlobName): Promise<boolean> {
    if (size === 0) return this.#target.hasBlob(repository, digest);
    let body: Readable;
    try {
      body = await this.#target.blobPart(repository, digest, 0, 0);
    } catch (error) {
      if (error instanceof RegistryError && error.kind === 'not-found') return false;
      throw error;
    }
    return hasFirstByte(body);
  }

  async #readBlob(repository: string, blob: BlobName): Promise<void> {
    try {
      const content = await this.#target.blob(repository, blob);
      await new Promise<void>((resolve, reject) => {
        content.once('end', resolve);
        content.once('error', reject);
        content.resume();
      });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // A server may answer for a blob that it has lost, and break off.
      const isLost =
        error.kind === 'not-found' || (error.kind !== 'corrupt' && !(await this.#isServed(repository, blob)));
      if (isLost) throw absentError(`blob ${blob.digest}`, `${this.#target.host}/${repository}`);
      if (error.kind !== 'corrupt') throw error;
      throw new RegistryError('corrupt', error.message, {
        hint: `remove the damaged file of ${blob.digest} from the storage of ${this.#target.host}: docker-registry keeps what it has under a digest`,
      });
    }
  }
}

/** Content that a target has lost, and how that showed. */
export interface LostContent {
  readonly digest: Digest;
  readonly error: RegistryError;
}

const lostKinds: ReadonlySet<RegistryError['kind']> = new Set(['not-found', 'corrupt']);

function uniqueByDigest(lost: readonly LostContent[]): readonly LostContent[] {
  return [...new Map(lost.map((each) => [each.digest, each])).values()];
}

function absentError(what: string, where: string): RegistryError {
  return new RegistryError('not-found', `${where} does not have ${what}`, {
    hint: 'run the command again; if it fails again, check the log and the disk of the registry: it loses what it took',
  });
}
