import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';

export interface TagChange {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** Digest that the tag named before; undefined when the tag is new. */
  readonly before: Digest | undefined;
}

/**
 * Gives what a tag or digest names another tag in its repository. The manifest's bytes and so its digest stay as they
 * are. @throws RegistryError `not-found`; `corrupt` when the registry then answers with another digest
 */
export async function tagImage(
  registry: Registry,
  repository: string,
  reference: string,
  tag: string,
): Promise<TagChange> {
  const name = `${registry.host}/${repository}`;
  const raw = await registry.manifest(repository, reference);
  if (raw === undefined) throw new RegistryError('not-found', `${name}: ${reference} is not there`, { status: 404 });
  const before = (await registry.head(repository, tag))?.digest;
  if (before !== raw.digest) {
    await registry.putManifest(repository, tag, raw);
    const now = (await registry.head(repository, tag))?.digest;
    if (now !== raw.digest) {
      throw new RegistryError('corrupt', `${name}:${tag} names ${now ?? 'nothing'} after it was set to ${raw.digest}`);
    }
  }
  return { repository, tag, digest: raw.digest, before };
}
