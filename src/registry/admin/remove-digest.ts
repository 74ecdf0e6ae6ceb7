import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import { ContentReader } from './content-reader.js';
import { repositoryContents, tagsOf } from './repository-contents.js';

/** Result of {@link removeDigest}. */
export interface RemovedDigest {
  readonly repository: string;
  readonly digest: Digest;
  /** Tags that were deleted with it. */
  readonly tags: readonly string[];
}

/**
 * Deletes a manifest by its digest. Tags that name it, and indexes that have it as a child, prevent that. With `force`
 * the tags are deleted with it, and the indexes lack a child.
 * @throws RegistryError `input` naming what would be lost; `not-found`; `read-only`
 */
export async function removeDigest(
  registry: Registry,
  repository: string,
  digest: Digest,
  { force }: { readonly force: boolean },
): Promise<RemovedDigest> {
  const name = `${registry.host}/${repository}`;
  if ((await registry.head(repository, digest)) === undefined) {
    throw new RegistryError('not-found', `${name}@${digest} is not there`, { status: 404 });
  }
  const contents = await repositoryContents(registry, repository, new ContentReader(registry));
  const tags = tagsOf(contents, digest);
  const parents = [...contents.children].flatMap(([index, children]) =>
    children.includes(digest) ? tagsOf(contents, index) : [],
  );
  if (!force && tags.length + parents.length > 0) {
    const lost = [
      ...(tags.length === 0 ? [] : [`the tags ${tags.join(', ')} would be deleted with it`]),
      ...(parents.length === 0 ? [] : [`${parents.join(', ')} would lack a platform`]),
    ];
    throw new RegistryError('input', `${name}@${digest} is in use: ${lost.join('; ')}`, {
      hint: 'give --force to delete it all the same, or name a tag to delete that alone',
    });
  }
  await registry.deleteManifest(repository, digest);
  if ((await registry.head(repository, digest)) !== undefined) {
    throw new RegistryError('server', `${name}@${digest} is still there after it was deleted`);
  }
  return { repository, digest, tags };
}
