import type { Digest } from '../../../registry/digest.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { problemOfRegistry } from '../../images/at-registry.js';
import { Problem } from '../../problem.js';
import type { RepositoryRow } from '../../store/tables.js';
import { placesOf } from '../images/find-image.js';
import { openPlace } from '../images/read-content.js';
import { listTaggedImages } from '../images/tagged-images.js';
import type { V1Context } from '../v1-context.js';

/**
 * Lets a tag of a repository lead to an image that is there, at the registry and in the index.
 * @returns digest of the manifest that it leads to now
 * @throws Problem
 */
export async function moveTagTo(
  context: V1Context,
  by: string,
  repository: RepositoryRow,
  tag: string,
  id: string,
): Promise<string> {
  const { index, registries } = context.parts;
  if (registries.find(repository.registry)?.isReadOnly === true) {
    throw new Problem('conflict', `${repository.registry} is read-only`);
  }
  const digest = await wholeImage(context, repository, id);
  const registry = openPlace(context, repository, by, ['pull', 'push']);
  try {
    const manifest = await registry.manifest(repository.name, digest);
    if (manifest === undefined) throw new Problem('not-found', 'Image not found');
    await registry.putManifest(repository.name, tag, manifest);
  } catch (error) {
    throw error instanceof RegistryError ? problemOfRegistry(error) : error;
  } finally {
    await registry.close();
  }
  const place = { registry: repository.registry, repository: repository.name };
  await index.recordPush({ ...place, at: Date.now(), actor: by, cause: 'push' }, digest, tag);
  return digest;
}

/** Returns the manifest that an id means in a repository. @throws Problem */
async function wholeImage({ parts }: V1Context, repository: RepositoryRow, id: string): Promise<Digest> {
  const { database } = parts.index;
  // An index that shows this image comes before it: so no platform is lost.
  const shown = (await listTaggedImages(database, repository.id)).filter((each) => each.id === id);
  const tagged = shown.find((each) => each.tagged !== each.manifest) ?? shown[0];
  if (tagged !== undefined) return tagged.tagged as Digest;
  const digests = (await placesOf(database, id))
    .filter((place) => place.id === repository.id)
    .map(({ digest }) => digest);
  const [digest] = digests;
  if (digest === undefined) throw new Problem('not-found', 'Image not found');
  const isLayer = await database.db
    .selectFrom('v1_layers')
    .select('id')
    .where('id', '=', id)
    .where('manifest', 'in', digests)
    .limit(1)
    .executeTakeFirst();
  if (isLayer === undefined) return digest as Digest;
  throw new Problem('invalid-request', 'This id is of a layer below an image: only whole images can have a tag');
}
