import type { Registry } from '../client/registry.js';
import type { Digest } from '../digest.js';
import { blobsIn } from '../manifest.js';
import { isForeignLayer } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { ContentReader } from './content-reader.js';
import { repositoryContents } from './repository-contents.js';

/** Content of a registry that its tags lead to. */
export interface Census {
  readonly repositories: readonly RepositoryCensus[];
}

/** Content of one repository that its tags lead to. */
export interface RepositoryCensus {
  readonly repository: string;
  readonly tags: ReadonlyMap<string, Digest>;
  /** Images that a tag names for several platforms. */
  readonly indexes: readonly string[];
  /** Manifests that are there: those of tags, and those that indexes lead to. */
  readonly manifests: ReadonlySet<Digest>;
  readonly blobs: ReadonlySet<Digest>;
}

/**
 * Lists all that the tags of a registry lead to. Requests: the listings, a HEAD a tag, a GET a manifest that the
 * reader hasn't read yet. @throws RegistryError where a manifest can't be read: what it needs isn't known then
 */
export async function takeCensus(registry: Registry, reader: ContentReader): Promise<Census> {
  const repositories: RepositoryCensus[] = [];
  for (const repository of await registry.repositories()) {
    if ((await registry.tagsPage(repository)) === undefined) continue; // Emptied ones stay in 2.x's catalogue.
    repositories.push(await censusOf(registry, repository, reader));
  }
  return { repositories };
}

async function censusOf(registry: Registry, repository: string, reader: ContentReader): Promise<RepositoryCensus> {
  const { tags, children } = await repositoryContents(registry, repository, reader);
  const manifests = new Set<Digest>();
  const blobs = new Set<Digest>();
  const named = new Set([...tags.values()].map(({ digest }) => digest));
  await Promise.all(
    [...new Set([...named, ...[...children.values()].flat()])].map(async (digest) => {
      const manifest = await manifestIfThere(repository, digest, reader);
      if (manifest === undefined) return; // A child that was left out on the way here.
      manifests.add(digest);
      for (const blob of blobsIn(manifest)) if (!isForeignLayer(blob.mediaType)) blobs.add(blob.digest);
    }),
  );
  return {
    repository,
    tags: new Map([...tags].map(([tag, { digest }]) => [tag, digest])),
    indexes: [...tags].flatMap(([tag, { digest }]) => (children.has(digest) ? [`${repository}:${tag}`] : [])),
    manifests,
    blobs,
  };
}

async function manifestIfThere(repository: string, digest: Digest, reader: ContentReader) {
  try {
    return await reader.manifest(repository, digest);
  } catch (error) {
    if (error instanceof RegistryError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** Lists content of a census that a registry no longer serves, a line each; empty when all is there. */
export async function findMissing(registry: Registry, { repositories }: Census): Promise<string[]> {
  const missing: string[] = [];
  for (const { repository, tags, manifests, blobs } of repositories) {
    const name = `${registry.host}/${repository}`;
    await Promise.all([
      // A tag that somebody has moved meanwhile is no loss.
      ...[...tags.keys()].map(async (tag) => {
        if ((await registry.head(repository, tag)) === undefined) missing.push(`${name}: the tag ${tag}`);
      }),
      ...[...manifests].map(async (digest) => {
        if ((await registry.head(repository, digest)) === undefined) missing.push(`${name}: the manifest ${digest}`);
      }),
      ...[...blobs].map(async (digest) => {
        if (!(await registry.hasBlob(repository, digest))) missing.push(`${name}: the blob ${digest}`);
      }),
    ]);
  }
  return missing.sort();
}
