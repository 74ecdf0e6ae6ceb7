import { chainOf, chooseImage, idOfManifest } from '../../../registry/v1/image-ids.js';
import type { Database } from '../../store/database.js';

/** Tag as clients of v1 see it. */
export interface TaggedImage {
  readonly tag: string;
  /** Id of the image that it leads to. */
  readonly id: string;
  /** Manifest that it leads to: an index, where it has several platforms. */
  readonly tagged: string;
  /** Manifest of the image. */
  readonly manifest: string;
}

/** Lists the tags of a repository, by name, with the image that each leads to. */
export async function listTaggedImages({ db }: Database, repositoryId: string): Promise<TaggedImage[]> {
  const digests = db.selectFrom('tags').select('digest').where('repository_id', '=', repositoryId);
  const tags = await db
    .selectFrom('tags')
    .leftJoin('manifests', 'manifests.digest', 'tags.digest')
    .select(['tags.name', 'tags.digest', 'config_digest', 'artifact_type'])
    .where('repository_id', '=', repositoryId)
    .orderBy('tags.name')
    .execute();
  const children = await db
    .selectFrom('manifest_parts')
    .innerJoin('manifests', 'manifests.digest', 'manifest_parts.digest')
    .select(['manifest_parts.manifest', 'manifests.digest', 'config_digest', 'artifact_type', 'manifests.platform'])
    .where('kind', '=', 'manifest')
    .where('manifest_parts.manifest', 'in', digests)
    .orderBy('position')
    .execute();
  const byIndex = byManifest(children);
  return tags.map(({ name: tag, digest, config_digest, artifact_type }) => {
    const whole = { digest, config_digest, artifact_type: artifact_type ?? '' };
    const image = (config_digest === null ? chooseImage(byIndex.get(digest) ?? []) : undefined) ?? whole;
    return { tag, id: idOfManifest(image), tagged: digest, manifest: image.digest };
  });
}

/** Image, or a layer of one, in a list of a repository. */
export interface V1ListedImage {
  readonly id: string;
  /** Digest of its layer; undefined: it has none. */
  readonly layer: string | undefined;
}

/** Lists the images that the tags of a repository lead to, and all below them, each once. */
export async function listImages(
  { db }: Database,
  repositoryId: string,
  tags: readonly TaggedImage[],
): Promise<{ readonly images: V1ListedImage[]; readonly chains: ReadonlyMap<string, readonly string[]> }> {
  const rows = await db
    .selectFrom('manifest_parts')
    .select(['manifest', 'digest'])
    .where('kind', '=', 'layer')
    .where(
      'manifest',
      'in',
      db.selectFrom('repository_manifests').select('digest').where('repository_id', '=', repositoryId),
    )
    .orderBy('position')
    .execute();
  const layersOf = byManifest(rows);
  const images = new Map<string, V1ListedImage>();
  const chains = new Map<string, readonly string[]>();
  for (const { id: top, manifest } of tags) {
    const layers = (layersOf.get(manifest) ?? []).map(({ digest }) => digest);
    const chain = chainOf(top, layers);
    chains.set(manifest, chain);
    for (const [at, id] of chain.entries()) images.set(id, { id, layer: layers[at] });
  }
  return { images: [...images.values()], chains };
}

function byManifest<Row extends { readonly manifest: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.manifest);
    if (group === undefined) groups.set(row.manifest, [row]);
    else group.push(row);
  }
  return groups;
}
