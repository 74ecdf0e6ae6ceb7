import { untag } from '../../../registry/admin/remove-tag.js';
import { headTags } from '../../../registry/admin/repository-contents.js';
import type { Registry } from '../../../registry/client/registry.js';
import { type Digest, isDigest } from '../../../registry/digest.js';
import { notFound, Problem } from '../../problem.js';
import type { RemovalRow } from '../../store/tables.js';
import type { AtRegistry, ChangedPlace } from '../at-registry.js';
import type { ImageIndex, IndexChange } from '../image-index.js';
import type { ImageKeeper } from './image-keeper.js';
import { dropFromGraph, type RepositoryGraph, readGraph } from './repository-graph.js';
import { type GoingImages, whatGoes } from './what-goes.js';

/** Tags and images that were deleted of a repository. */
export interface RemovedImages {
  readonly tags: string[];
  readonly digests: string[];
  /** Time until when they can be brought back; null: not at all. */
  readonly until: number | null;
}

/** Wishes for a deletion. */
export interface RemovalWishes {
  /** It can't be undone. */
  readonly forGood: boolean;
}

/** Deletion of an image in one repository, as it is carried out. */
interface RemovalWork {
  readonly registry: Registry;
  readonly by: string;
  readonly place: ChangedPlace;
  readonly graph: RepositoryGraph;
  readonly kind: RemovalRow['kind'];
  readonly forGood: boolean;
}

/** Deletes images at their registry, in the name of an account, and what the index knows of them. What it deletes can be brought back for a while. */
export class ImageRemover {
  readonly #index: ImageIndex;
  readonly #at: AtRegistry;
  readonly #keeper: ImageKeeper;

  constructor(index: ImageIndex, at: AtRegistry, keeper: ImageKeeper) {
    this.#index = index;
    this.#at = at;
    this.#keeper = keeper;
  }

  /**
   * Deletes a tag; its manifest, and other tags of it, stay.
   * @returns digest that it led to, and the tags that still do
   * @throws Problem
   */
  async removeTag(
    by: string,
    place: ChangedPlace,
    tag: string,
    { forGood }: RemovalWishes,
  ): Promise<{ digest: string; siblings: string[]; until: number | null }> {
    return await this.#at.change(by, place, async (registry) => {
      const digest = (await registry.head(place.name, tag))?.digest;
      if (digest === undefined) throw notFound(`tag ${tag} in ${place.name}`);
      const graph = await readGraph(this.#index, place.id);
      const until = await this.removeTags({ registry, by, place, graph, kind: 'tag', forGood }, digest, [tag]);
      return { digest, siblings: (await this.#index.useOf(place.id, digest)).tags, until };
    });
  }

  /**
   * Deletes a manifest, with its parts that nothing else needs and what is about it. Tags that lead to it, and images that have
   * it as a part, prevent that.
   * @param withTags deletes the tags as well
   * @throws Problem
   */
  async removeImage(
    by: string,
    place: ChangedPlace,
    digest: Digest,
    { withTags, forGood }: RemovalWishes & { readonly withTags: boolean },
  ): Promise<RemovedImages> {
    return await this.#at.change(by, place, async (registry) => {
      const { tags, parents } = await this.#index.useOf(place.id, digest);
      if (parents.length > 0) {
        throw new Problem('conflict', `${digest} is part of ${parents.join(', ')}: delete that first`);
      }
      if (tags.length > 0 && !withTags) {
        throw new Problem('conflict', `${tags.join(', ')} would be deleted with it: say so by withTags=true`);
      }
      if ((await registry.head(place.name, digest)) === undefined) throw notFound(`image ${digest} in ${place.name}`);
      const graph = await readGraph(this.#index, place.id);
      return await this.removeWhole({ registry, by, place, graph, kind: 'image', forGood }, digest, tags);
    });
  }

  /**
   * Deletes all images of a repository. One that fails ends it: what was deleted by then is gone.
   * @throws Problem
   */
  async removeRepository(by: string, place: ChangedPlace, { forGood }: RemovalWishes): Promise<RemovedImages> {
    return await this.#at.change(by, place, async (registry) => {
      const { name } = place;
      const listed = (await registry.tagsPage(name)) === undefined ? [] : [...(await registry.tags(name))];
      const found = await headTags(registry, name, listed);
      const graph = await readGraph(this.#index, place.id);
      const { whole, parts } = await this.#index.manifestsOf(place.id);
      const isPart = new Set(parts);
      const tagged = [...found.values()].map(({ digest }) => digest).filter((digest) => !isPart.has(digest));
      const work = { registry, by, place, graph, kind: 'repository' as const, forGood };
      const digests = new Set<string>();
      let until: number | null = null;
      // Parts last: a server may refuse to delete what an index still names.
      for (const digest of new Set([...tagged, ...whole, ...parts].filter(isDigest))) {
        if (digests.has(digest)) continue;
        const tags = listed.filter((tag) => found.get(tag)?.digest === digest);
        const removed = await this.removeWhole(work, digest, tags);
        for (const each of removed.digests) digests.add(each);
        until = removed.until ?? until;
      }
      return { tags: listed, digests: [...digests], until };
    });
  }

  /** Deletes tags of one manifest, which stays. @returns time until when they can be brought back */
  async removeTags(work: RemovalWork, digest: Digest, tags: readonly string[]): Promise<number | null> {
    const { registry, place, graph } = work;
    const siblings = [...(graph.tagsOf.get(digest) ?? [])].filter((each) => !tags.includes(each));
    const manifests = [...(graph.children.get(digest) ?? []), digest];
    // While another tag leads to it, no collection of garbage takes it.
    const until = await this.#keeper.keep(work, { digest, tags, manifests, holds: siblings.length === 0 });
    for (const tag of tags) {
      await untag(registry, place.name, tag);
      await this.#index.recordDeletedTag(changeOf(work), tag);
    }
    dropFromGraph(graph, tags, []);
    return until;
  }

  /** Deletes a manifest with all that goes with it. */
  async removeWhole(work: RemovalWork, digest: Digest, tags: readonly string[]): Promise<RemovedImages> {
    const { registry, place, graph } = work;
    const going = whatGoes(graph, [digest], new Set(tags));
    const manifests = [...going.children.toReversed(), digest, ...going.referrers];
    const until = await this.#keeper.keep(work, { digest, tags, manifests, holds: true });
    const gone = goneOf(going);
    for (const each of gone.filter(isDigest)) {
      if ((await registry.head(place.name, each)) !== undefined) await registry.deleteManifest(place.name, each);
      await this.#index.recordDeletedManifest(changeOf(work), each);
    }
    dropFromGraph(graph, [...tags, ...going.referrerTags], gone);
    return { tags: [...tags], digests: gone, until };
  }
}

/** Returns the digests that go, in the order in which they are deleted: parts last. */
export function goneOf({ roots, children, referrers }: GoingImages): string[] {
  return [...roots, ...referrers, ...children];
}

function changeOf({ by, place }: RemovalWork): IndexChange {
  return { registry: place.registry, repository: place.name, at: Date.now(), actor: by, cause: 'delete' };
}
