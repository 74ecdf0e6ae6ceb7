import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { chainOf, idOfManifest, isImageId } from '../../../registry/v1/image-ids.js';
import { may } from '../../access/rights/decide.js';
import { viewerOf } from '../../http/rights-of.js';
import { beginsWith } from '../../images/search/matches.js';
import { Problem } from '../../problem.js';
import type { Database } from '../../store/database.js';
import type { ManifestPartRow, ManifestRow, RepositoryRow } from '../../store/tables.js';
import { absent } from '../repositories/find-repository.js';
import { meantRegistries, type V1Context } from '../v1-context.js';

/** Repository and manifest that an id may mean. */
export type ImagePlace = Pick<RepositoryRow, 'id' | 'registry' | 'name'> & { readonly digest: string };

/** Image, or a layer of one, that an id means. */
export interface FoundImage {
  readonly place: ImagePlace;
  readonly manifest: ManifestRow;
  readonly config: ManifestPartRow | undefined;
  /** Layers, the lowest first. */
  readonly layers: readonly ManifestPartRow[];
  /** Ids, the lowest first. */
  readonly chain: readonly string[];
  /** Place in both of what the id means. */
  readonly at: number;
}

/** Finds an image that the sender may pull. @throws Problem */
export async function requireImage(context: V1Context, request: FastifyRequest, id: string): Promise<FoundImage> {
  if (!isImageId(id)) throw absent(request, 'Invalid image ID');
  const { database } = context.parts.index;
  const { subject, visibilities } = await viewerOf(context.parts, request);
  const registries = meantRegistries(context, request);
  const places = (await placesOf(database, id))
    .filter(({ registry }) => registries.includes(registry))
    .filter(({ registry, name }) => may(subject, 'pull', { registry, repository: name }, visibilities))
    .toSorted((a, b) => registries.indexOf(a.registry) - registries.indexOf(b.registry));
  for (const place of places) {
    const found = await lookAt(database, place, id);
    if (found === 'unread') throw new Problem('invalid-request', 'Image is being uploaded, retry later');
    if (found !== undefined) return found;
  }
  throw absent(request, 'Image not found');
}

/** Finds the manifests that an id may mean, and their repositories, by name. */
export async function placesOf({ db }: Database, id: string): Promise<ImagePlace[]> {
  const wanted = `sha256:${id}`;
  const long = `sha512:${id}`;
  const ofConfig = db
    .selectFrom('manifest_parts')
    .innerJoin('manifests', 'manifests.digest', 'manifest_parts.manifest')
    .select('manifest_parts.manifest')
    .where('kind', '=', 'config')
    .where('artifact_type', '=', '')
    .where(
      sql<boolean>`(manifest_parts.digest = ${wanted} or (${beginsWith(sql.ref('manifest_parts.digest'), long)}))`,
    );
  const ofLayer = db.selectFrom('v1_layers').select('manifest').where('id', '=', id);
  return await db
    .selectFrom('repository_manifests')
    .innerJoin('repositories', 'repositories.id', 'repository_manifests.repository_id')
    .select(['repositories.id', 'repositories.registry', 'repositories.name', 'repository_manifests.digest'])
    .where(({ eb, or }) =>
      or([
        eb('repository_manifests.digest', '=', wanted),
        beginsWith(sql.ref('repository_manifests.digest'), long),
        eb('repository_manifests.digest', 'in', ofConfig),
        eb('repository_manifests.digest', 'in', ofLayer),
      ]),
    )
    .orderBy('repositories.name')
    .execute();
}

async function lookAt({ db }: Database, place: ImagePlace, id: string): Promise<FoundImage | 'unread' | undefined> {
  const manifest = await db.selectFrom('manifests').selectAll().where('digest', '=', place.digest).executeTakeFirst();
  if (manifest === undefined) return 'unread';
  const parts = await db
    .selectFrom('manifest_parts')
    .selectAll()
    .where('manifest', '=', place.digest)
    .where('kind', '!=', 'manifest')
    .orderBy('position')
    .execute();
  const layers = parts.filter(({ kind }) => kind === 'layer');
  const chain = chainOf(
    idOfManifest(manifest),
    layers.map(({ digest }) => digest),
  );
  const at = chain.indexOf(id);
  if (at === -1) return undefined; // It has the configuration or digest, and another id.
  return { place, manifest, layers, chain, at, config: parts.find(({ kind }) => kind === 'config') };
}
