import { Readable } from 'node:stream';
import { type OpenedRegistry, openRegistry } from '../../src/registry/client/open.js';
import { type Digest, digestOf } from '../../src/registry/digest.js';
import { type RawManifest, rawManifest } from '../../src/registry/manifest.js';
import { mediaTypes } from '../../src/registry/media-types.js';

/** Image that a test pushes. */
export interface PushedImage {
  /** Contents of its layers. */
  readonly layers: readonly (
    | string
    | { readonly text: string; readonly mediaType: string; readonly annotations?: object }
  )[];
  /** Its configuration; undefined: an empty one, of no image. */
  readonly config?: object;
  readonly subject?: RawManifest;
  readonly artifactType?: string;
}

/** Opens a registry as an account of the service that it trusts. */
export function registryAs(host: string, [username, password]: readonly [string, string]): OpenedRegistry {
  return openRegistry({ host, trust: { scheme: 'http' }, credentials: async () => ({ username, password }) });
}

/** Pushes an image. @param tag undefined: by its digest */
export async function pushImage(
  registry: OpenedRegistry,
  repository: string,
  tag: string | undefined,
  { layers, config, subject, artifactType }: PushedImage,
): Promise<RawManifest> {
  const blob = async (text: string) => {
    const bytes = Buffer.from(text);
    const name = { digest: digestOf(bytes), size: bytes.length };
    await registry.putBlob(repository, name, async () => Readable.from([bytes]));
    return name;
  };
  const named = [];
  for (const layer of layers) {
    const { text, ...more } = typeof layer === 'string' ? { text: layer, mediaType: mediaTypes.ociLayerGzip } : layer;
    named.push({ ...more, ...(await blob(text)) });
  }
  const type = config === undefined ? mediaTypes.ociEmpty : mediaTypes.ociConfig;
  const body = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    ...(artifactType === undefined ? {} : { artifactType }),
    config: { mediaType: type, ...(await blob(JSON.stringify(config ?? {}))) },
    layers: named,
    ...(subject === undefined
      ? {}
      : { subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length } }),
  };
  return await put(registry, repository, tag, body);
}

/** Pushes an index of images, which are there. */
export async function pushIndex(
  registry: OpenedRegistry,
  repository: string,
  tag: string,
  images: readonly { readonly manifest: RawManifest; readonly platform: string; readonly about?: Digest }[],
): Promise<RawManifest> {
  const manifests = images.map(({ manifest: { digest, bytes, mediaType }, platform, about }) => {
    const [os = '', architecture = ''] = platform.split('/');
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': about,
    };
    const common = { mediaType, digest, size: bytes.length, platform: { os, architecture } };
    return about === undefined ? common : { ...common, annotations };
  });
  return await put(registry, repository, tag, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
}

async function put(
  registry: OpenedRegistry,
  repository: string,
  tag: string | undefined,
  body: object,
): Promise<RawManifest> {
  const manifest = rawManifest(Buffer.from(JSON.stringify(body)));
  await registry.putManifest(repository, tag ?? manifest.digest, manifest);
  return manifest;
}
