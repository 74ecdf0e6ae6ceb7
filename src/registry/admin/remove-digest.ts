import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import { ContentReader } from './content-reader.js';
import { repositoryContents, tagsOf } from './repository-contents.js';

export interface RemovedDigest {
  readonly repository: string;
  readonly digest: Digest;
  /** Tags that went with it. */
  readonly tags: readonly string[];
}

/**
 * Takes a manifest away by its digest. Tags that name it, and indexes that have it as a child, stand in the way unless
 * `force` is said: the former go with it, the latter are left broken.
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
      ...(tags.length === 0 ? [] : [`the tags ${tags.join(', ')} go with it`]),
      ...(parents.length === 0 ? [] : [`${parents.join(', ')} would lack a platform`]),
    ];
    throw new RegistryError('input', `${name}@${digest} is in use: ${lost.join('; ')}`, {
      hint: '--force removes it all the same; to take one tag away, name the tag',
    });
  }
  await registry.deleteManifest(repository, digest);
  if ((await registry.head(repository, digest)) !== undefined) {
    throw new RegistryError('server', `${name}@${digest} is still there after it was removed`);
  }
  return { repository, digest, tags };
}
