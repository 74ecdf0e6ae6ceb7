import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { RepositoryRetention } from './judge-tags.js';
import { untag } from './remove-tag.js';
import { headTags } from './repository-contents.js';

/** Result of deleting one tag. */
export interface RetentionResult {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** Error that kept it; undefined when it was deleted. */
  readonly error: RegistryError | undefined;
}

/**
 * Deletes what a plan says of one repository, and checks that all other tags are as before. Manifests that nothing names
 * any more are deleted by their digest, with their tags; of others the tags alone.
 * @throws RegistryError `corrupt` when a tag that stays has changed; `interrupted` between two deletions
 */
export async function applyRetention(
  registry: Registry,
  { repository, keep, remove, manifests }: RepositoryRetention,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RetentionResult[]> {
  const errors = new Map<string, RegistryError>();
  const attempt = async (tags: readonly string[], work: () => Promise<void>) => {
    if (signal?.aborted) throw new RegistryError('interrupted', `${registry.host}/${repository}: interrupted`);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      for (const tag of tags) errors.set(tag, error);
    }
  };
  const whole = new Set(manifests);
  // One at a time, parents first: a server may refuse to delete what an index still names.
  const named = new Set(remove.map(({ digest }) => digest).filter((digest) => whole.has(digest)));
  for (const digest of named) {
    const tags = remove.filter((each) => each.digest === digest).map(({ tag }) => tag);
    await attempt(tags, () => registry.deleteManifest(repository, digest));
  }
  for (const { tag, digest } of remove) {
    if (!whole.has(digest)) await attempt([tag], () => untag(registry, repository, tag));
  }
  if (errors.size === 0) {
    for (const digest of manifests) {
      if (!named.has(digest)) await attempt([], () => deleteIfThere(registry, repository, digest));
    }
  }
  await verifyKept(registry, repository, keep);
  const left = await headTags(
    registry,
    repository,
    remove.map(({ tag }) => tag),
  );
  return remove.map(({ tag, digest }) => ({
    repository,
    tag,
    digest,
    error: errors.get(tag) ?? (left.has(tag) ? stillThereError(registry, repository, tag) : undefined),
  }));
}

async function deleteIfThere(registry: Registry, repository: string, digest: Digest): Promise<void> {
  if ((await registry.head(repository, digest)) !== undefined) await registry.deleteManifest(repository, digest);
}

function stillThereError(registry: Registry, repository: string, tag: string): RegistryError {
  return new RegistryError('server', `${registry.host}/${repository}:${tag} is still there after it was deleted`);
}

async function verifyKept(registry: Registry, repository: string, keep: RepositoryRetention['keep']): Promise<void> {
  const after = await headTags(
    registry,
    repository,
    keep.map(({ tag }) => tag),
  );
  const hurt = keep.filter(({ tag, digest }) => after.get(tag)?.digest !== digest).map(({ tag }) => tag);
  if (hurt.length === 0) return;
  throw new RegistryError(
    'corrupt',
    `${registry.host}/${repository}: ${hurt.join(', ')} changed while others were deleted`,
    {
      hint: 'do not delete tags of this registry, unless somebody else changed them',
    },
  );
}
