import { createHash } from 'node:crypto';
import type { Registry } from '../../../registry/client/registry.js';
import { isDigest } from '../../../registry/digest.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { Problem } from '../../problem.js';
import type { AtRegistry, ChangedPlace } from '../at-registry.js';
import type { ImageIndex } from '../image-index.js';
import { freedBytes } from './freed-bytes.js';
import { goneOf, type ImageRemover } from './image-remover.js';
import { type MatchingTag, matchingTags, type RemovalFilter } from './matching-tags.js';
import { type RepositoryGraph, readGraph } from './repository-graph.js';
import { whatGoes } from './what-goes.js';

/** Tag of a bulk removal, and what became of it. */
export interface BulkTag {
  readonly tag: MatchingTag;
  /** Tags of its image that stay. */
  readonly siblings: string[];
  /** No tag is left: its image goes as well. */
  readonly imageGoes: boolean;
  readonly outcome: 'would-go' | 'deleted' | 'changed' | 'failed';
  readonly problem: string;
}

/** Tags of a repository that a filter names, with what goes with them. */
export interface BulkPlan {
  readonly tags: readonly BulkTag[];
  /** Images that go with their last tags. */
  readonly images: readonly string[];
  readonly bytes: number;
  /** Digest of all that goes: another one means that something has changed. */
  readonly token: string;
}

/** Deletes the tags of a repository that a filter names: what was looked at, in steps. */
export class BulkRemoval {
  readonly #index: ImageIndex;
  readonly #at: AtRegistry;
  readonly #remover: ImageRemover;

  constructor(index: ImageIndex, at: AtRegistry, remover: ImageRemover) {
    this.#index = index;
    this.#at = at;
    this.#remover = remover;
  }

  /** Says what a filter would delete, by the index alone. */
  async plan(place: ChangedPlace, filter: RemovalFilter): Promise<BulkPlan> {
    const graph = await readGraph(this.#index, place.id);
    const matching = await matchingTags(this.#index, place.id, filter);
    const { tags, roots, going } = judge(graph, matching);
    const lines = [...matching.map(({ name, digest }) => `${name} ${digest}`), ...going].sort();
    return {
      tags,
      images: roots,
      bytes: await freedBytes(this.#index, place, going),
      token: createHash('sha256').update(lines.join('\n')).digest('hex'),
    };
  }

  /**
   * Deletes what a plan has said, the first tags of it; all tags of an image in one go. One that leads elsewhere at the registry
   * is left alone.
   * @throws Problem where what matches is not what was looked at
   */
  async carryOut(
    by: string,
    place: ChangedPlace,
    filter: RemovalFilter,
    { expected, limit, forGood }: { readonly expected: string; readonly limit: number; readonly forGood: boolean },
  ): Promise<{ readonly done: BulkTag[]; readonly until: number | null }> {
    const plan = await this.plan(place, filter);
    if (plan.token !== expected) {
      throw new Problem('version-mismatch', 'what the filter matches has changed since the preview: look at it again');
    }
    const graph = await readGraph(this.#index, place.id);
    const byImage = groupByImage(plan.tags);
    return await this.#at.change(by, place, async (registry) => {
      const work = { registry, by, place, graph, kind: 'filter' as const, forGood };
      const done: BulkTag[] = [];
      let until: number | null = null;
      for (const [digest, group] of byImage) {
        if (done.length >= limit) break;
        try {
          const moved = await movedTags(registry, place.name, group);
          const names = group.map(({ tag }) => tag.name).filter((name) => !moved.has(name));
          const isWhole = moved.size === 0 && group.every(({ imageGoes }) => imageGoes);
          if (isDigest(digest) && isWhole)
            until = (await this.#remover.removeWhole(work, digest, names)).until ?? until;
          else if (isDigest(digest) && names.length > 0)
            until = (await this.#remover.removeTags(work, digest, names)) ?? until;
          done.push(...group.map((each) => outcomeOf(each, moved.has(each.tag.name) ? 'changed' : 'deleted', isWhole)));
        } catch (error) {
          if (!(error instanceof Problem || error instanceof RegistryError)) throw error;
          done.push(...group.map((each) => ({ ...each, outcome: 'failed' as const, problem: error.message })));
        }
      }
      return { done, until };
    });
  }
}

function outcomeOf(each: BulkTag, outcome: 'changed' | 'deleted', imageGoes: boolean): BulkTag {
  const problem = outcome === 'changed' ? 'it leads to another image at the registry, or is gone' : '';
  return { ...each, outcome, imageGoes, problem };
}

function judge(graph: RepositoryGraph, matching: readonly MatchingTag[]) {
  const gone = new Set(matching.map(({ name }) => name));
  const left = new Map<string, string[]>();
  const siblingsOf = (digest: string) => {
    const known = left.get(digest) ?? [...(graph.tagsOf.get(digest) ?? [])].filter((name) => !gone.has(name)).sort();
    left.set(digest, known);
    return known;
  };
  const isFree = (digest: string) => siblingsOf(digest).length === 0 && (graph.parents.get(digest)?.size ?? 0) === 0;
  const roots = [...new Set(matching.map(({ digest }) => digest))].filter(isFree);
  const going = goneOf(whatGoes(graph, roots, gone));
  const tags = matching.map(
    (tag): BulkTag => ({
      tag,
      siblings: siblingsOf(tag.digest).slice(0, 100),
      imageGoes: isFree(tag.digest),
      outcome: 'would-go',
      problem: '',
    }),
  );
  return { tags, roots, going };
}

/** Returns the tags that do not lead to their image any more. */
async function movedTags(registry: Registry, repository: string, group: readonly BulkTag[]): Promise<Set<string>> {
  const moved = new Set<string>();
  for (const { tag } of group) {
    if ((await registry.head(repository, tag.name))?.digest !== tag.digest) moved.add(tag.name);
  }
  return moved;
}

function groupByImage(tags: readonly BulkTag[]): Map<string, BulkTag[]> {
  const groups = new Map<string, BulkTag[]>();
  for (const each of tags) groups.set(each.tag.digest, [...(groups.get(each.tag.digest) ?? []), each]);
  return groups;
}
