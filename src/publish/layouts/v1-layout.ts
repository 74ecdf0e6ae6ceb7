import { isRecord } from '../../model/is-record.js';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { readBytes } from '../../registry/client/wire/read-text.js';
import { type Digest, hexOf } from '../../registry/digest.js';
import type { Manifest } from '../../registry/manifest.js';
import { mediaTypes } from '../../registry/media-types.js';
import { RegistryError } from '../../registry/registry-error.js';
import { chainOf, chooseImage, idOfManifest } from '../../registry/v1/image-ids.js';
import { describeImage } from '../../registry/v1/image-json.js';
import { sortedJson } from '../../registry/v1/sorted-json.js';
import { appFolder } from './app-name.js';
import { forEver, type PublishedObject, type PublishedTag, type PublishLayout } from './publication.js';
import { collectPublished, type ImageChoice, type PublishedImages } from './published-images.js';
import { smallObject } from './small-object.js';
import { ancestryObject, layerStage, skipNotices, type V1Options, v1Json } from './v1-objects.js';
import { requireManifest } from './v2-objects.js';

/** Bytes of a configuration: more is no image's. */
const mostConfig = 8 << 20;

/** Image as v1 has it: ids and layers, the lowest first. */
interface V1Chain {
  readonly ids: readonly string[];
  readonly manifest: Extract<Manifest, { kind: 'image' }>;
  readonly config: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes the layout of the first docker-registry for images of today: ids, descriptions and ancestries are computed. Of an image for
 * several platforms it has the one for linux/amd64.
 * @throws RegistryError `input`
 */
export function v1Layout(images: ImageChoice, { app, name, mask }: V1Options): PublishLayout {
  const folder = appFolder(app);
  return {
    kind: 'v1',
    async plan() {
      const collected = await collectPublished(images);
      const objects = new Map<string, PublishedObject>();
      const tags: Record<string, string> = {};
      const published: PublishedTag[] = [];
      const ids = new Set<string>();
      for (const [tag, digest] of collected.tags) {
        const chain = await chainFor(images, collected, digest);
        if (chain === undefined) continue;
        const top = chain.ids.at(-1) ?? '';
        tags[tag] = top;
        for (const [at, id] of [...chain.ids.entries()].toReversed()) {
          if (ids.has(id)) continue;
          ids.add(id);
          if (!mask.has(id))
            for (const object of imageObjects(images, collected, chain, at, folder)) objects.set(object.key, object);
        }
        const own = chain.ids.filter((id) => !mask.has(id));
        published.push({
          tag,
          documents: own.flatMap((id) => [`${folder}/${id}/json`, `${folder}/${id}/ancestry`]),
          layers: own.map((id) => `${folder}/${id}/layer`),
        });
      }
      if (published.length === 0)
        throw new RegistryError('input', `${images.source.name} has no image that v1 could have`, {
          hint: 'publish it with --layout static',
        });
      return {
        kind: 'v1',
        name,
        folder: `${folder}/`,
        prefix: `${folder}/`,
        there: new Map(),
        objects: [...objects.values()],
        tags: published,
        redirect: (url) => ({
          version: 1,
          name,
          repository: folder,
          url,
          isProtected: false,
          images: [...ids],
          tags,
        }),
        notices: [...collected.notices, ...skipNotices([...ids].filter((id) => mask.has(id)))],
      };
    },
  };
}

/** Finds the image that clients of v1 see under a tag; undefined where it is none, as a signature is. */
async function chainFor(
  { source, repository }: ImageChoice,
  images: PublishedImages,
  tagged: Digest,
): Promise<V1Chain | undefined> {
  const { manifest: top } = requireManifest(images, tagged);
  const digest =
    top.kind === 'image' ? tagged : chooseImage(top.manifests.map((each) => identified(images, each)))?.digest;
  const manifest = digest === undefined ? undefined : images.manifests.get(digest)?.manifest;
  if (digest === undefined || manifest?.kind !== 'image') return undefined;
  const type = manifest.config.mediaType;
  if (type !== mediaTypes.dockerConfig && type !== mediaTypes.ociConfig) return undefined;
  if (manifest.config.size > mostConfig)
    throw new RegistryError('corrupt', `${source.name}: the configuration of ${digest} is too large`);
  const bytes = await readBytes(await source.blob(repository, manifest.config), mostConfig);
  const config = tryBoundedJson(bytes.toString('utf8'));
  const id = idOfManifest({
    digest,
    config_digest: manifest.config.digest,
    artifact_type: manifest.artifactType ?? '',
  });
  const layers = manifest.layers.map((layer) => layer.digest);
  return { ids: chainOf(id, layers), manifest, config: isRecord(config) ? config : undefined };
}

function identified(
  images: PublishedImages,
  {
    digest,
    platform,
  }: { readonly digest: Digest; readonly platform?: { os: string; architecture: string } | undefined },
) {
  const manifest = images.manifests.get(digest)?.manifest;
  return {
    digest,
    config_digest: manifest?.kind === 'image' ? manifest.config.digest : null,
    artifact_type: manifest?.artifactType ?? '',
    platform: platform === undefined ? '' : `${platform.os}/${platform.architecture}`,
  };
}

function imageObjects(
  { source, repository }: ImageChoice,
  images: PublishedImages,
  { ids, manifest, config }: V1Chain,
  at: number,
  folder: string,
): PublishedObject[] {
  const id = ids[at] ?? '';
  const layer = manifest.layers[at];
  const json = sortedJson(describeImage({ config, chain: ids, at, size: layer?.size ?? 0 }));
  const documents = [
    v1Json(folder, id, Buffer.from(json)),
    ancestryObject(folder, id, ids.slice(0, at + 1).toReversed()),
  ];
  const place = { key: `${folder}/${id}/layer`, stage: layerStage, contentType: 'application/octet-stream' };
  if (layer === undefined || !images.blobs.has(layer.digest))
    return [smallObject({ ...place, cacheControl: forEver, isAddressed: false }, Buffer.alloc(0)), ...documents];
  const { digest, size } = layer;
  const content = () => source.blob(repository, { digest, size });
  // Its id is made of its digest, so that one key has one content.
  const object = { ...place, cacheControl: forEver, isAddressed: true, size, sha256: hexOf(digest), content };
  return [object, ...documents];
}
