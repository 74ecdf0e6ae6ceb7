import { isReferrersTag } from '../attached-tags.js';
import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { checkDepth, readManifest } from '../manifest.js';
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
  readonly #walked = new Map<string, Promise<void>>();

  readonly #target: Registry;
  readonly #deep: boolean;

  constructor(target: Registry, deep: boolean) {
    this.#target = target;
    this.#deep = deep;
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
  async verifyImage(repository: string, reference: string, expected: Digest, depth = 0): Promise<void> {
    const name = `${this.#target.host}/${repository}`;
    checkDepth(depth, `${name}@${expected}`);
    const raw = await this.#target.manifest(repository, reference);
    if (raw === undefined || raw.digest !== expected) throw absentError(`the manifest ${expected}`, name);
    const manifest = readManifest(raw, `${name}@${raw.digest}`);
    if (manifest.kind === 'index') {
      const child = (digest: Digest) => () => this.verifyImage(repository, digest, digest, depth + 1);
      await Promise.all(
        manifest.manifests.map(({ digest }) => memoizeAsync(this.#walked, `${repository} ${digest}`, child(digest))),
      );
      return;
    }
    const layers = manifest.layers.filter(({ mediaType, urls }) => !(isForeignLayer(mediaType) && urls !== undefined));
    await Promise.all([manifest.config, ...layers].map((blob) => this.#requireBlob(repository, blob)));
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

  #requireBlob(repository: string, blob: BlobName): Promise<void> {
    return memoizeAsync(this.#present, `${repository} ${blob.digest}`, async () => {
      if (this.#deep && !this.#read.has(blob.digest))
        return memoizeAsync(this.#read, blob.digest, () => this.#readBlob(repository, blob));
      if (!(await this.#target.hasBlob(repository, blob.digest)))
        throw absentError(`blob ${blob.digest}`, `${this.#target.host}/${repository}`);
    });
  }

  async #readBlob(repository: string, blob: BlobName): Promise<void> {
    const content = await this.#target.blob(repository, blob);
    await new Promise<void>((resolve, reject) => {
      content.once('end', resolve);
      content.once('error', reject);
      content.resume();
    });
  }
}

function absentError(what: string, where: string): RegistryError {
  return new RegistryError('not-found', `${where} does not have ${what} after the copy`, {
    hint: 'run the command again; if it fails again, check the log and the disk of the registry: it loses what it took',
  });
}
