import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import type { Repository } from './repository.js';

/** What is pushed under a tag: everything it needs is there already. */
export type DataSet = (
  repository: Repository,
) => Promise<{ readonly mediaType: string; readonly [field: string]: unknown }>;

const exampleType = 'application/vnd.example.document.v1';

/** The kinds of manifests of the conformance suite. */
export const dataSets: Readonly<Record<string, DataSet>> = {
  image: (repository) => repository.image('a layer'),
  'docker image': async (repository) => {
    const { config, layers } = await repository.image('a layer');
    return {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: { ...config, mediaType: mediaTypes.dockerConfig },
      layers: layers.map((layer) => ({ ...layer, mediaType: mediaTypes.dockerLayerGzip })),
    };
  },
  'image with layers that are not compressed': async (repository) => {
    const layer = 'a tar';
    const mediaType = 'application/vnd.oci.image.layer.v1.tar';
    return repository.image('x', {
      layers: [{ mediaType, digest: await repository.pushBlob(layer), size: layer.length }],
    });
  },
  'image without layers': (repository) => repository.image('x', { layers: [] }),
  'image with a layer of no bytes': async (repository) => {
    const digest = await repository.pushBlob('');
    return repository.image('x', { layers: [{ mediaType: mediaTypes.ociLayer, digest, size: 0 }] });
  },
  'image of nearly 4 MiB': (repository) =>
    repository.image('x', {
      annotations: Object.fromEntries(Array.from({ length: 390 }, (_, at) => [`note-${at}`, 'A'.repeat(10_000)])),
    }),
  'image with data in its descriptor': async (repository) => {
    const image = await repository.image('x');
    return { ...image, config: { ...image.config, data: Buffer.from('{}').toString('base64') } };
  },
  'image with layers that are had elsewhere': (repository) =>
    repository.image('x', {
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
          digest: digestOf(Buffer.from('elsewhere')),
          size: 123_456,
          urls: ['https://store.example.com/layer'],
        },
      ],
    }),
  'image with fields of its own': (repository) => repository.image('x', { 'org.example.field': { any: ['thing'] } }),
  index: (repository) => index(repository, ['amd64', 'arm64']),
  'index of indexes': async (repository) => ({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [
      await repository.pushManifest(await index(repository, ['amd64'])),
      await repository.pushManifest(await index(repository, ['arm64'])),
    ],
  }),
  'index of nothing': (repository) => index(repository, []),
  'docker list': async (repository) => ({
    schemaVersion: 2,
    mediaType: mediaTypes.dockerList,
    manifests: [
      {
        ...(await repository.pushManifest(await repository.image('x'))),
        platform: { os: 'linux', architecture: 'amd64' },
      },
    ],
  }),
  artifact: (repository) => artifact(repository),
  'artifact without layers': async (repository) => {
    const empty = { mediaType: mediaTypes.ociEmpty, digest: await repository.pushBlob('{}'), size: 2 };
    return artifact(repository, { layers: [empty] });
  },
  'artifact index': async (repository) => ({ ...(await index(repository, ['amd64'])), artifactType: exampleType }),
};

/** An artifact that is about something, or about nothing. */
export async function artifact(
  repository: Repository,
  fields: { readonly [field: string]: unknown } = {},
): Promise<{ readonly mediaType: string; readonly [field: string]: unknown }> {
  const layer = 'a document';
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: exampleType,
    config: { mediaType: mediaTypes.ociEmpty, digest: await repository.pushBlob('{}'), size: 2 },
    layers: [{ mediaType: exampleType, digest: await repository.pushBlob(layer), size: layer.length }],
    ...fields,
  };
}

async function index(
  repository: Repository,
  architectures: readonly string[],
): Promise<{ readonly mediaType: string; readonly [field: string]: unknown }> {
  const manifests: object[] = [];
  for (const architecture of architectures) {
    const child = await repository.pushManifest(await repository.image(architecture));
    manifests.push({ ...child, platform: { os: 'linux', architecture } });
  }
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}
