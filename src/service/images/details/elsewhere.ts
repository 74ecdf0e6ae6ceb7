import type { ImageIndex } from '../image-index.js';
import { isVisible, type Viewer } from '../visible-repositories.js';

/** Repositories that are named at most, and rows that are read at most to find them. */
const mostNamed = 100;
const mostRead = 5000;

/** Repository that has an image as well, with its tags of it. */
export interface OtherPlace {
  readonly registry: string;
  readonly repository: string;
  readonly tags: string[];
}

/** Returns the other repositories that have an image, of those that the viewer may see. */
export async function elsewhere(
  { database: { db } }: ImageIndex,
  viewer: Viewer,
  repositoryId: string,
  digest: string,
): Promise<OtherPlace[]> {
  const rows = await db
    .selectFrom('repository_manifests as held')
    .innerJoin('repositories', 'repositories.id', 'held.repository_id')
    .leftJoin('tags', (join) =>
      join.onRef('tags.repository_id', '=', 'held.repository_id').onRef('tags.digest', '=', 'held.digest'),
    )
    .select(['repositories.registry', 'repositories.name', 'tags.name as tag'])
    .where('held.digest', '=', digest)
    .where('held.repository_id', '!=', repositoryId)
    .orderBy('repositories.name')
    .orderBy('repositories.registry')
    .orderBy('tags.name')
    .limit(mostRead)
    .execute();
  const places = new Map<string, OtherPlace>();
  for (const { registry, name, tag } of rows) {
    const id = `${name} ${registry}`;
    const known = places.get(id);
    if (known === undefined && (places.size >= mostNamed || !isVisible(viewer, { registry, name }))) continue;
    const place = known ?? { registry, repository: name, tags: [] };
    if (tag !== null && place.tags.length < mostNamed) place.tags.push(tag);
    places.set(id, place);
  }
  return [...places.values()];
}
