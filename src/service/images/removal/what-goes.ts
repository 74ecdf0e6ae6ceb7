import type { RepositoryGraph } from './repository-graph.js';

/** Part of an image that stays, with what needs it. */
export interface NeededPart {
  readonly digest: string;
  readonly tags: string[];
  readonly parents: string[];
}

/** All that goes where images are deleted. */
export interface GoingImages {
  /** Images that were named. */
  readonly roots: string[];
  /** Their parts that nothing else needs, indexes before what they name. */
  readonly children: string[];
  readonly kept: NeededPart[];
  /** Manifests about any of them. */
  readonly referrers: string[];
  /** Tags of these: `sha256-….sig`. */
  readonly referrerTags: string[];
}

/**
 * Finds what goes with images of a repository: parts that no other index and no tag needs, and what is about them.
 * @param goneTags tags that go as well
 */
export function whatGoes(graph: RepositoryGraph, roots: readonly string[], goneTags: ReadonlySet<string>): GoingImages {
  const gone = new Set(goneTags);
  for (const root of roots) for (const tag of graph.tagsOf.get(root) ?? []) gone.add(tag);
  const going = new Set(roots);
  const children: string[] = [];
  const referrers: string[] = [];
  const referrerTags: string[] = [];
  const isTagged = (digest: string) => [...(graph.tagsOf.get(digest) ?? [])].some((tag) => !gone.has(tag));
  const isNamed = (digest: string) => [...(graph.parents.get(digest) ?? [])].some((parent) => !going.has(parent));
  const candidates = new Set<string>();
  // What an index needs may go once another one does: so each round looks at all that stayed in the one before.
  for (let isOver = false; !isOver; ) {
    isOver = true;
    for (const digest of [...going]) for (const child of graph.children.get(digest) ?? []) candidates.add(child);
    for (const child of candidates) {
      if (going.has(child) || isTagged(child) || isNamed(child)) continue;
      going.add(child);
      children.push(child);
      isOver = false;
    }
    for (const digest of [...going]) {
      for (const tag of graph.attached.get(digest) ?? []) {
        if (gone.has(tag)) continue;
        gone.add(tag);
        referrerTags.push(tag);
      }
      const byTag = [...(graph.attached.get(digest) ?? [])].flatMap((tag) => graph.tags.get(tag) ?? []);
      for (const referrer of [...(graph.referrers.get(digest) ?? []), ...byTag]) {
        if (going.has(referrer) || isTagged(referrer) || isNamed(referrer)) continue;
        going.add(referrer);
        referrers.push(referrer);
        isOver = false;
      }
    }
  }
  const kept = [...candidates]
    .filter((child) => !going.has(child))
    .map((digest) => ({
      digest,
      tags: [...(graph.tagsOf.get(digest) ?? [])].filter((tag) => !gone.has(tag)).sort(),
      parents: [...(graph.parents.get(digest) ?? [])].filter((parent) => !going.has(parent)).sort(),
    }));
  return { roots: [...roots], children, kept, referrers, referrerTags };
}
