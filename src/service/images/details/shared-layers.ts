import type { ManifestPartRow } from '../../store/tables.js';
import type { ImageIndex } from '../image-index.js';
import { isVisible, type Viewer } from '../visible-repositories.js';

/** Other repositories that have a layer. */
export interface SharedLayer {
  readonly sharedBy: number;
  readonly sharedWith: { readonly registry: string; readonly repository: string }[];
}

/** Layers that are looked for, repositories that are named of each, rows that are read at most. */
const mostLayers = 200;
const mostNamed = 20;
const mostRead = 20_000;

/** Finds the other repositories that have layers, of those that the viewer may see: not even the count tells of others. */
export async function sharedLayers(
  { database: { db } }: ImageIndex,
  viewer: Viewer,
  repositoryId: string,
  layers: readonly Pick<ManifestPartRow, 'digest'>[],
): Promise<Map<string, SharedLayer>> {
  const shared = new Map<string, { sharedBy: number; sharedWith: SharedLayer['sharedWith'] }>();
  const digests = [...new Set(layers.map(({ digest }) => digest))].slice(0, mostLayers);
  if (digests.length === 0) return shared;
  const rows = await db
    .selectFrom('manifest_parts as part')
    .innerJoin('repository_manifests as held', 'held.digest', 'part.manifest')
    .innerJoin('repositories', 'repositories.id', 'held.repository_id')
    .select(['part.digest', 'repositories.registry', 'repositories.name'])
    .distinct()
    .where('part.digest', 'in', digests)
    .where('held.repository_id', '!=', repositoryId)
    .limit(mostRead)
    .execute();
  for (const { digest, registry, name } of rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!isVisible(viewer, { registry, name })) continue;
    const layer = shared.get(digest) ?? { sharedBy: 0, sharedWith: [] };
    layer.sharedBy += 1;
    if (layer.sharedWith.length < mostNamed) layer.sharedWith.push({ registry, repository: name });
    shared.set(digest, layer);
  }
  return shared;
}
