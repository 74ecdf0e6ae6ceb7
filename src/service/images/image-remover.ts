import { untag } from '../../registry/admin/remove-tag.js';
import { headTags } from '../../registry/admin/repository-contents.js';
import type { OpenedRegistry } from '../../registry/client/open.js';
import { type Digest, isDigest } from '../../registry/digest.js';
import { RegistryError } from '../../registry/registry-error.js';
import { notFound, Problem } from '../problem.js';
import type { RepositoryRow } from '../store/tables.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistries } from '../tokens/registries.js';
import type { ImageIndex, IndexChange } from './image-index.js';
import { openTrusting } from './open-trusting.js';

interface Parts {
  readonly index: ImageIndex;
  readonly registries: TrustingRegistries;
  readonly ownTokens: OwnTokens;
}

/** Repository that somebody deletes something of. */
type Place = Pick<RepositoryRow, 'id' | 'registry' | 'name'>;

/** Tags and images that were deleted of a repository. */
export interface RemovedImages {
  readonly tags: string[];
  readonly digests: string[];
}

/** Deletes images at their registry, in the name of an account, and what the index knows of them. */
export class ImageRemover {
  readonly #parts: Parts;
  readonly #stop = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Deletes a tag; its manifest, and other tags of it, stay.
   * @returns digest that it led to, and the tags that still do
   * @throws Problem
   */
  async removeTag(by: string, place: Place, tag: string): Promise<{ digest: string; siblings: string[] }> {
    return await this.#at(by, place, async (registry, change) => {
      const digest = (await registry.head(place.name, tag))?.digest;
      if (digest === undefined) throw notFound(`tag ${tag} in ${place.name}`);
      await untag(registry, place.name, tag);
      await this.#parts.index.recordDeletedTag(change, tag);
      return { digest, siblings: (await this.#parts.index.useOf(place.id, digest)).tags };
    });
  }

  /**
   * Deletes a manifest. Tags that lead to it, and images that have it as a part, prevent that.
   * @param withTags deletes the tags as well
   * @throws Problem
   */
  async removeImage(by: string, place: Place, digest: Digest, withTags: boolean): Promise<RemovedImages> {
    return await this.#at(by, place, async (registry, change) => {
      const { tags, parents } = await this.#parts.index.useOf(place.id, digest);
      if (parents.length > 0) {
        throw new Problem('conflict', `${digest} is part of ${parents.join(', ')}: delete that first`);
      }
      if (tags.length > 0 && !withTags) {
        throw new Problem('conflict', `${tags.join(', ')} would be deleted with it: say so by withTags=true`);
      }
      if ((await registry.head(place.name, digest)) === undefined) throw notFound(`image ${digest} in ${place.name}`);
      await registry.deleteManifest(place.name, digest);
      await this.#parts.index.recordDeletedManifest(change, digest);
      return { tags, digests: [digest] };
    });
  }

  /**
   * Deletes all images of a repository. One that fails ends it: what was deleted by then is gone.
   * @throws Problem
   */
  async removeRepository(by: string, place: Place): Promise<RemovedImages> {
    return await this.#at(by, place, async (registry, change) => {
      const { index } = this.#parts;
      const { name } = place;
      const tags = (await registry.tagsPage(name)) === undefined ? [] : [...(await registry.tags(name))];
      const tagged = [...(await headTags(registry, name, tags)).values()].map(({ digest }) => digest);
      // Parts last: a server may refuse to delete what an index still names.
      const { whole, parts } = await index.manifestsOf(place.id);
      const isPart = new Set(parts);
      const known = [...tagged.filter((digest) => !isPart.has(digest)), ...whole, ...parts];
      const digests = [...new Set(known)].filter(isDigest);
      for (const digest of digests) {
        if ((await registry.head(name, digest)) !== undefined) await registry.deleteManifest(name, digest);
        await index.recordDeletedManifest(change, digest);
      }
      return { tags, digests };
    });
  }

  /** Ends what is under way. */
  close(): void {
    this.#stop.abort(new Error('the service stops'));
  }

  async #at<Value>(
    by: string,
    { registry: name, name: repository }: Place,
    work: (registry: OpenedRegistry, change: IndexChange) => Promise<Value>,
  ): Promise<Value> {
    const { registries, ownTokens } = this.#parts;
    const found = registries.find(name);
    if (found === undefined) throw notFound(`registry ${name}`);
    if (found.isReadOnly) throw new Problem('conflict', `${name} is read-only: nothing of it can be deleted`);
    const access = () => ({ type: 'repository', name: repository, actions: ['pull', 'push', 'delete'] });
    const registry = openTrusting(found, { ownTokens, subject: by, access, signal: this.#stop.signal });
    try {
      return await work(registry, { registry: name, repository, at: Date.now(), actor: by, cause: 'delete' });
    } catch (error) {
      throw error instanceof RegistryError ? problemOfRegistry(error) : error;
    } finally {
      await registry.close();
    }
  }
}

/** Returns what an error of a registry is to a client: its refusal, or that it is away. */
function problemOfRegistry({ kind, message }: RegistryError): Problem {
  if (kind === 'not-found') return new Problem('not-found', message);
  if (kind === 'denied' || kind === 'read-only' || kind === 'unsupported') return new Problem('conflict', message);
  return new Problem('unavailable', message);
}
