import { isDigest } from '../../registry/digest.js';
import { type Manifest, rawManifest, readManifest } from '../../registry/manifest.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ManifestRedirect } from '../redirects/redirect.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';
import { appFolder } from './app-name.js';
import { joinNames, readNames } from './name-list.js';
import type { PublishLayout } from './publication.js';
import { collectPublished, type ImageChoice, type PublishedImages } from './published-images.js';
import { listObject, requirePublishedName } from './static-layout.js';
import { requireManifest, v2Objects, v2Tags } from './v2-objects.js';
import { pulpPlaces, type TreeVersion, type V2Places } from './v2-places.js';

/** Options of {@link pulpLayout}. */
export interface PulpLayoutOptions {
  /** Application: the folder of its objects, and Pulp's name of the repository. */
  readonly app: string;
  /** Name that clients pull. */
  readonly name: string;
  readonly version: TreeVersion;
  readonly isProtected?: boolean;
}

/** Bytes of a manifest list at most. */
const longestManifest = 4 << 20;

/**
 * Makes the layout of Pulp 2's published tree, for Crane: its redirect file says which manifests there are. Those of earlier
 * publications are in it too.
 * @throws RegistryError `input`
 */
export function pulpLayout(
  images: ImageChoice,
  { app, name, version, isProtected = false }: PulpLayoutOptions,
): PublishLayout {
  requirePublishedName(name);
  const places = pulpPlaces(appFolder(app), version);
  return {
    kind: 'pulp',
    async plan(store) {
      const collected = await collectPublished(images);
      if (version === 3) requireNoIndexes(collected);
      const there = new Map<string, StoredObject>();
      for await (const object of store.list(`${places.prefix}manifests/`)) there.set(object.key, object);
      const tags = await readNames(store, places.tagList, 'tags');
      if (tags.object !== undefined) there.set(places.tagList, tags.object);
      const outdated = outdatedTags(places, collected, there);
      for (const key of outdated) there.delete(key);
      const data = await redirectData(store, places, collected, there, version);
      const allTags = joinNames(tags.names, collected.tags.keys());
      return {
        kind: 'pulp',
        name,
        folder: places.prefix,
        prefix: `${places.prefix}blobs/`,
        there,
        objects: [...(await v2Objects(collected, places)), listObject(places.tagList, { name, tags: allTags })],
        tags: v2Tags(collected, places),
        outdated,
        redirect: (url) => ({ name, repository: appFolder(app), url, isProtected, version, ...data }),
        notices: collected.notices,
      };
    },
  };
}

function requireNoIndexes({ tags, manifests }: PublishedImages): void {
  const [tag] = [...tags].find(([, digest]) => manifests.get(digest)?.manifest.kind === 'index') ?? [];
  if (tag === undefined) return;
  throw new RegistryError('input', `redirect files of version 3 have no images for several platforms, as ${tag} is`, {
    hint: 'use version 4, or choose one platform of the image when it is saved',
  });
}

/** Lists tags that led to an index, and lead to an image now, or the other way: clients would be given what they were before. */
function outdatedTags(
  places: V2Places,
  images: PublishedImages,
  there: ReadonlyMap<string, StoredObject>,
): readonly string[] {
  return [...images.tags].flatMap(([tag, digest]) => {
    const { kind } = requireManifest(images, digest).manifest;
    const other = places.manifest(tag, kind === 'index' ? 'image' : 'index');
    return other !== places.manifest(tag, kind) && there.has(other) ? [other] : [];
  });
}

/** Lists the manifests of a tree for its redirect file: those that are there, and those that are to be published. */
export async function redirectData(
  store: ObjectStore,
  places: V2Places,
  images: PublishedImages,
  there: ReadonlyMap<string, StoredObject>,
  version: TreeVersion,
): Promise<Pick<ManifestRedirect, 'schema2' | 'lists' | 'amd64Tags'>> {
  if (version === 2) return { schema2: [], lists: [], amd64Tags: {} };
  const published = [...images.manifests].map(([digest, { manifest }]) => [digest, manifest.kind] as const);
  const tagged = [...images.tags].map(([tag, digest]) => [tag, requireManifest(images, digest).manifest.kind] as const);
  const ofKind = (kind: Manifest['kind']) => {
    const folder = places.manifest('', kind);
    const known = [...there.keys()].filter((key) => key.startsWith(folder)).map((key) => key.slice(folder.length));
    const added = [...published, ...tagged].filter((each) => each[1] === kind).map(([reference]) => reference);
    return joinNames(
      known.filter((reference) => !reference.includes('/')),
      added,
    );
  };
  const lists = version === 4 ? ofKind('index') : [];
  const amd64Tags: Record<string, readonly [string, 1 | 2]> = {};
  for (const tag of lists.filter((reference) => !isDigest(reference))) {
    const digest = images.tags.get(tag);
    const manifest =
      digest === undefined
        ? await storedManifest(store, places.manifest(tag, 'index'))
        : requireManifest(images, digest).manifest;
    const amd64 = manifest === undefined ? undefined : amd64In(manifest);
    if (amd64 !== undefined) amd64Tags[tag] = [amd64, 2];
  }
  return { schema2: ofKind('image'), lists, amd64Tags };
}

async function storedManifest(store: ObjectStore, key: string): Promise<Manifest | undefined> {
  const bytes = await store.read(key, longestManifest);
  return bytes === undefined ? undefined : readManifest(rawManifest(bytes), `${store.name}/${key}`);
}

/** Returns the digest of the image for linux/amd64 in an index. */
function amd64In(manifest: Manifest): string | undefined {
  if (manifest.kind !== 'index') return undefined;
  const isAmd64 = (each: { os: string; architecture: string } | undefined) =>
    each?.os === 'linux' && each.architecture === 'amd64';
  return manifest.manifests.find(({ platform }) => isAmd64(platform))?.digest;
}
