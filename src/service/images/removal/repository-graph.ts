import { subjectOfTag } from '../../../registry/attached-tags.js';
import type { ImageIndex } from '../image-index.js';

/** Manifests of a repository, and what leads to each: tags, indexes, what it is about. */
export interface RepositoryGraph {
  readonly tags: Map<string, string>;
  /** Tags by digest. */
  readonly tagsOf: Map<string, Set<string>>;
  readonly children: Map<string, readonly string[]>;
  readonly parents: Map<string, Set<string>>;
  /** Referrers by the image that they are about. */
  readonly referrers: Map<string, Set<string>>;
  /** Tags by the image that their name is about: `sha256-….sig`. */
  readonly attached: Map<string, Set<string>>;
}

/** Reads the graph of a repository: three queries, whatever its size. */
export async function readGraph({ database: { db } }: ImageIndex, repositoryId: string): Promise<RepositoryGraph> {
  const [tags, named, subjects] = await Promise.all([
    db.selectFrom('tags').select(['name', 'digest']).where('repository_id', '=', repositoryId).execute(),
    db
      .selectFrom('repository_manifests as held')
      .innerJoin('manifest_parts as part', 'part.manifest', 'held.digest')
      .innerJoin('repository_manifests as child', (join) =>
        join.onRef('child.digest', '=', 'part.digest').on('child.repository_id', '=', repositoryId),
      )
      .select(['part.manifest', 'part.digest'])
      .where('held.repository_id', '=', repositoryId)
      .where('part.kind', '=', 'manifest')
      .execute(),
    db
      .selectFrom('repository_manifests as held')
      .innerJoin('manifests', 'manifests.digest', 'held.digest')
      .select(['manifests.digest', 'subject'])
      .where('held.repository_id', '=', repositoryId)
      .where('subject', 'is not', null)
      .execute(),
  ]);
  const children = new Map<string, string[]>();
  const parents = new Map<string, Set<string>>();
  for (const { manifest, digest } of named) {
    const some = children.get(manifest);
    if (some === undefined) children.set(manifest, [digest]);
    else some.push(digest);
    addTo(parents, digest, manifest);
  }
  const tagsOf = new Map<string, Set<string>>();
  const attached = new Map<string, Set<string>>();
  const referrers = new Map<string, Set<string>>();
  for (const { name, digest } of tags) {
    addTo(tagsOf, digest, name);
    const subject = subjectOfTag(name);
    if (subject !== undefined) addTo(attached, subject, name);
  }
  for (const { digest, subject } of subjects) if (subject !== null) addTo(referrers, subject, digest);
  return {
    tags: new Map(tags.map(({ name, digest }) => [name, digest])),
    tagsOf,
    children,
    parents,
    referrers,
    attached,
  };
}

/** Takes tags and manifests out of a graph: they were deleted. */
export function dropFromGraph(graph: RepositoryGraph, tags: Iterable<string>, manifests: Iterable<string>): void {
  for (const tag of tags) {
    const digest = graph.tags.get(tag);
    graph.tags.delete(tag);
    if (digest !== undefined) graph.tagsOf.get(digest)?.delete(tag);
  }
  for (const digest of manifests) {
    for (const child of graph.children.get(digest) ?? []) graph.parents.get(child)?.delete(digest);
    graph.children.delete(digest);
  }
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
