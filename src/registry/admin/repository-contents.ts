import { inParallel } from '../../text/in-parallel.js';
import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { checkDepth } from '../manifest.js';
import { isIndexType } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { Found } from '../source.js';
import type { ContentReader } from './content-reader.js';

/** Tags of a repository, and the manifests that they lead to. */
export interface RepositoryContents {
  readonly repository: string;
  /** Manifest of each tag, sorted by tag. */
  readonly tags: ReadonlyMap<string, Found>;
  /** The manifests of each index that a tag names, those of its own indexes among them. */
  readonly children: ReadonlyMap<Digest, readonly Digest[]>;
}

/**
 * Reads what the tags of a repository name: a listing, a HEAD for each tag, a GET for each index.
 * @throws RegistryError `not-found` when there is no such repository
 */
export async function repositoryContents(
  registry: Pick<Registry, 'tags' | 'head'>,
  repository: string,
  reader: Pick<ContentReader, 'manifest'>,
): Promise<RepositoryContents> {
  const found = await headTags(registry, repository, await registry.tags(repository));
  const indexes = new Set([...found.values()].filter(({ mediaType }) => isIndexType(mediaType)).map((it) => it.digest));
  const children = await Promise.all(
    [...indexes].map(async (digest) => [digest, await childrenOf(repository, digest, reader, new Set())] as const),
  );
  return { repository, tags: found, children: new Map(children) };
}

/** Tags that are looked up at a time: each that waits for its turn holds some 70 kB, and a repository may have 10,000. */
const atOnce = 64;

/** Looks tags up; those that name nothing any more are left out. */
export async function headTags(
  registry: Pick<Registry, 'head'>,
  repository: string,
  tags: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  const failures: unknown[] = [];
  await inParallel(tags, atOnce, async (tag) => {
    if (failures.length > 0) return;
    try {
      const it = await registry.head(repository, tag);
      if (it !== undefined) found.set(tag, it);
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  return new Map(
    tags.flatMap((tag) => {
      const it = found.get(tag);
      return it === undefined ? [] : [[tag, it]];
    }),
  );
}

/** Tags that name a digest. */
export function tagsOf({ tags }: Pick<RepositoryContents, 'tags'>, digest: Digest): string[] {
  return [...tags].flatMap(([tag, found]) => (found.digest === digest ? [tag] : []));
}

/**
 * Manifests that an index leads to. A child that isn't there (an index of some platforms only) leads no further, and
 * neither does one that was met before.
 */
async function childrenOf(
  repository: string,
  digest: Digest,
  reader: Pick<ContentReader, 'manifest'>,
  met: Set<Digest>,
  depth = 0,
): Promise<Digest[]> {
  checkDepth(depth, `${repository}@${digest}`);
  met.add(digest);
  const manifest = await reader.manifest(repository, digest);
  if (manifest.kind !== 'index') return [];
  const deeper = await Promise.all(
    manifest.manifests.map(async (child) => {
      if (!isIndexType(child.mediaType) || met.has(child.digest)) return [];
      return childrenOf(repository, child.digest, reader, met, depth + 1).catch((error: unknown) => {
        if (error instanceof RegistryError && error.kind === 'not-found') return [];
        throw error;
      });
    }),
  );
  return [...manifest.manifests.map((child) => child.digest), ...deeper.flat()];
}
