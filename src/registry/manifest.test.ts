import { describe, expect, test } from 'vitest';
import { digestOf } from './digest.js';
import { blobsIn, rawManifest, readDescriptors, readManifest } from './manifest.js';
import { mediaTypes } from './media-types.js';

const descriptor = { mediaType: mediaTypes.ociLayer, digest: digestOf(Buffer.from('x')), size: 1 };
const empty = { annotations: null, subject: null, artifactType: null };
const read = (body: object, type?: string) =>
  readManifest(rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, ...body })), type), 'it');

describe('an image with null where programs in Go write it was refused as none', () => {
  test('in a manifest', () => {
    const nulls = { platform: null, annotations: null, artifactType: null, urls: null };
    expect(read({ ...empty, mediaType: null, config: { ...descriptor, ...nulls }, layers: null })).toEqual({
      kind: 'image',
      mediaType: mediaTypes.ociManifest,
      artifactType: undefined,
      config: descriptor,
      layers: [],
      subject: undefined,
      annotations: {},
    });
  });

  test('in an index', () => {
    expect(read({ ...empty, config: null, mediaType: mediaTypes.ociIndex, manifests: null })).toEqual({
      kind: 'index',
      mediaType: mediaTypes.ociIndex,
      artifactType: undefined,
      manifests: [],
      blobs: [],
      subject: undefined,
      annotations: {},
    });
  });

  test('in a platform, and in one annotation of many', () => {
    const child = {
      ...descriptor,
      mediaType: mediaTypes.ociManifest,
      platform: { os: 'linux', architecture: 'arm64', variant: null, 'os.version': null },
    };
    const found = read({ manifests: [child], annotations: { a: 'b', c: null } });
    expect(found).toMatchObject({ kind: 'index', annotations: { a: 'b', c: '' } });
    expect('manifests' in found && found.manifests[0]?.platform).toEqual({ os: 'linux', architecture: 'arm64' });
  });

  test('in a list of referrers', () => {
    const list = (manifests: unknown) => rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
    expect(readDescriptors(list(null), 'it')).toEqual({ descriptors: [], wrong: [] });
    const item = { ...descriptor, annotations: null, artifactType: null, platform: null };
    expect(readDescriptors(list([item]), 'it')).toEqual({ descriptors: [descriptor], wrong: [] });
  });

  test('a descriptor without a media type, which skopeo writes, is one', () => {
    const { mediaType: _, ...untyped } = descriptor;
    expect(read({ manifests: [untyped] })).toMatchObject({ manifests: [{ ...untyped, mediaType: '' }] });
  });

  test.each([
    ['a digest', { config: { ...descriptor, digest: null } }, 'it: not a manifest: config.digest: not a digest'],
    ['a layer', { config: descriptor, layers: [null] }, /^it: not a manifest: layers\.0: /],
    ['the config', { mediaType: mediaTypes.ociManifest, config: null }, /without "config"$/],
    ['everything', { mediaType: mediaTypes.ociIndex }, 'it: an index without "manifests"'],
  ])('but null is no %s', (_, body, words) => {
    expect(() => read(body)).toThrow(words);
  });
});

test.each<[string, object, string | undefined, string]>([
  ['an empty type', { mediaType: '', config: descriptor }, mediaTypes.ociManifest, mediaTypes.ociManifest],
  ['an empty type, and no Content-Type', { mediaType: '', config: descriptor }, '', mediaTypes.ociManifest],
  ['an index of no type', { manifests: [] }, undefined, mediaTypes.ociIndex],
  ['an index of no type from a store of files', { manifests: null }, 'application/json', mediaTypes.ociIndex],
  [
    'a manifest of no type from a store of files',
    { config: descriptor },
    'text/plain; charset=utf-8',
    mediaTypes.ociManifest,
  ],
  [
    'a type in the manifest',
    { mediaType: mediaTypes.dockerManifest, config: descriptor },
    'application/json',
    mediaTypes.dockerManifest,
  ],
  ['a type of somebody’s own', { config: descriptor }, 'application/vnd.other+json', 'application/vnd.other+json'],
  ['a page’s type', { config: descriptor }, 'text/html; charset=utf-8', mediaTypes.ociManifest],
  ['capital letters', { config: descriptor }, mediaTypes.ociManifest.toUpperCase(), mediaTypes.ociManifest],
  [
    'a parameter in the manifest',
    { mediaType: `${mediaTypes.ociManifest}; charset=utf-8`, config: descriptor },
    undefined,
    mediaTypes.ociManifest,
  ],
  ['nothing that tells', {}, undefined, mediaTypes.dockerManifest],
])('%s came to be written with a type that registries refuse', (_, body, type, expected) => {
  const raw = rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, ...body })), type);
  expect(raw.mediaType).toBe(expected);
});

test('types with parameters were no types', () => {
  const body = { config: descriptor, layers: [{ ...descriptor, mediaType: `${descriptor.mediaType}; q=1` }] };
  expect(readManifest(rawManifest(Buffer.from(JSON.stringify({ schemaVersion: 2, ...body }))), 'it')).toMatchObject({
    kind: 'image',
    layers: [descriptor],
  });
});

test('an OCI artifact manifest, which lists blobs and has no config, was no manifest', () => {
  const mediaType = 'application/vnd.oci.artifact.manifest.v1+json';
  const body = { mediaType, artifactType: 'application/vnd.example.sbom', blobs: [descriptor], subject: descriptor };
  const manifest = readManifest(rawManifest(Buffer.from(JSON.stringify(body))), 'it');
  expect(blobsIn(manifest)).toEqual([descriptor]);
  expect(manifest).toMatchObject({ mediaType, subject: descriptor, artifactType: body.artifactType });
});
