import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Registry } from '../client/registry.js';
import { type Digest, digestOf } from '../digest.js';
import { type RawManifest, rawManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import { headTags, tagsOf } from './repository-contents.js';

/** Result of {@link removeTag}. */
export interface RemovedTag {
  readonly repository: string;
  readonly tag: string;
  /** Digest that the tag named. */
  readonly digest: Digest;
  /** Tags that name the same, and still do. */
  readonly siblings: readonly string[];
}

/**
 * Deletes one tag; the manifest, and its other tags, stay. Afterwards those tags are checked.
 * @throws RegistryError `not-found`; `read-only` when the registry doesn't delete; `corrupt` when another tag changed
 */
export async function removeTag(registry: Registry, repository: string, tag: string): Promise<RemovedTag> {
  const name = `${registry.host}/${repository}`;
  const before = await headTags(registry, repository, await registry.tags(repository));
  const digest = before.get(tag)?.digest;
  if (digest === undefined) throw new RegistryError('not-found', `${name}:${tag} is not there`, { status: 404 });
  const siblings = tagsOf({ tags: before }, digest).filter((other) => other !== tag);
  await untag(registry, repository, tag);
  const after = await headTags(registry, repository, siblings);
  const hurt = siblings.filter((other) => after.get(other)?.digest !== digest);
  if (hurt.length > 0) {
    throw new RegistryError('corrupt', `${name}: with the tag ${tag}, ${hurt.join(', ')} changed`, {
      hint: `do not delete tags of this registry, unless somebody else changed them: they named ${digest}`,
    });
  }
  return { repository, tag, digest, siblings };
}

/** Deletes a tag by its name where the server can, else by a manifest of its own. */
export async function untag(registry: Registry, repository: string, tag: string): Promise<void> {
  if (!(await registry.deleteTag(repository, tag))) await untagByDummy(registry, repository, tag);
  if ((await registry.head(repository, tag)) !== undefined) {
    throw new RegistryError('server', `${registry.host}/${repository}:${tag} is still there after it was deleted`);
  }
}

/**
 * Deletes a tag of docker-registry 2.x, which deletes by digest only, and all tags of the digest with it. The tag is
 * first pointed at a manifest that nothing else names. When deleting that fails, the tag is pointed back.
 */
async function untagByDummy(registry: Registry, repository: string, tag: string): Promise<void> {
  const original = await registry.manifest(repository, tag);
  if (original === undefined) return;
  const dummy = dummyManifest(original);
  if (!(await registry.hasBlob(repository, nothing.digest))) {
    await registry.putBlob(repository, nothing, async () => Readable.from([emptyObject]));
  }
  try {
    await registry.putManifest(repository, tag, dummy);
    await registry.deleteManifest(repository, dummy.digest);
  } catch (error) {
    await restoreTag(registry, repository, tag, original, error);
    throw error;
  }
}

async function restoreTag(
  registry: Registry,
  repository: string,
  tag: string,
  original: RawManifest,
  cause: unknown,
): Promise<void> {
  try {
    await registry.putManifest(repository, tag, original);
  } catch (error) {
    throw new RegistryError(
      'server',
      `${registry.host}/${repository}:${tag} could neither be deleted nor restored: ${(error as Error).message}`,
      { cause, hint: `restore it with \`provision registry tag\`: it named ${original.digest}` },
    );
  }
}

const emptyObject = Buffer.from('{}');
/** The empty blob of the image specification ("Guidance for an Empty Descriptor"). */
const nothing = { digest: digestOf(emptyObject), size: emptyObject.length };

/** Makes a manifest with a digest of its own, of the family that the registry has taken before. */
function dummyManifest({ mediaType }: RawManifest): RawManifest {
  const docker = mediaType === mediaTypes.dockerManifest || mediaType === mediaTypes.dockerList;
  const body = {
    schemaVersion: 2,
    mediaType: docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: { mediaType: docker ? mediaTypes.dockerConfig : mediaTypes.ociEmpty, ...nothing },
    layers: [],
    annotations: { 'provision.removed': randomUUID() },
  };
  return rawManifest(Buffer.from(JSON.stringify(body)));
}
