import type { z } from 'zod';
import type { imageRemoval } from '../../schemas/removals.js';
import type { ChangedPlace } from '../at-registry.js';
import type { ImageIndex } from '../image-index.js';
import { freedBytes } from './freed-bytes.js';
import { goneOf } from './image-remover.js';
import { readGraph } from './repository-graph.js';
import { whatGoes } from './what-goes.js';

type RemovalPreview = Omit<z.output<typeof imageRemoval>, 'until' | 'allowed'>;

/** Says what the deletion of an image would take along, by the index alone; undefined: it is not there. */
export async function previewRemoval(
  index: ImageIndex,
  place: ChangedPlace,
  digest: string,
): Promise<RemovalPreview | undefined> {
  const { db } = index.database;
  const held = await db
    .selectFrom('repository_manifests')
    .select('digest')
    .where('repository_id', '=', place.id)
    .execute();
  if (!held.some((each) => each.digest === digest)) return undefined;
  const graph = await readGraph(index, place.id);
  const going = whatGoes(graph, [digest], new Set());
  const gone = goneOf(going);
  const named = [...going.children, ...going.referrers];
  const rows =
    named.length === 0 ? [] : await db.selectFrom('manifests').selectAll().where('digest', 'in', named).execute();
  const known = new Map(rows.map((row) => [row.digest, row]));
  const shown = (each: string) => {
    const row = known.get(each);
    return {
      digest: each,
      mediaType: row?.media_type ?? '',
      platform: row?.platform ?? '',
      artifactType: row?.artifact_type ?? '',
      bytes: row?.whole_size ?? 0,
    };
  };
  return {
    digest,
    tags: [...(graph.tagsOf.get(digest) ?? [])].sort(),
    parents: [...(graph.parents.get(digest) ?? [])].sort(),
    children: going.children.map(shown),
    kept: going.kept,
    referrers: going.referrers.map(shown),
    referrerTags: going.referrerTags,
    bytes: await freedBytes(index, place, gone),
    lastOfRepository: held.every((each) => gone.includes(each.digest)),
  };
}
