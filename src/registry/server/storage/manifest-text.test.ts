import { expect, test } from 'vitest';
import { digestOf } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import { manifestText } from './manifest-text.js';

const [a, b] = ['a', 'b'].map((text) => ({
  mediaType: mediaTypes.ociLayer,
  digest: digestOf(Buffer.from(text)),
  size: 1,
}));
const read = (json: unknown) => manifestText(Buffer.from(JSON.stringify(json)));
const image = { schemaVersion: 2, config: a, layers: [b] };

test('the type is taken from the bytes', () => {
  const typeOf = (json: unknown) => {
    const result = read(json);
    return result.ok ? result.manifest.mediaType : result.why;
  };
  expect(typeOf(image)).toBe(mediaTypes.ociManifest);
  expect(typeOf({ ...image, mediaType: mediaTypes.dockerManifest })).toBe(mediaTypes.dockerManifest);
  expect(typeOf({ schemaVersion: 2, manifests: [] })).toBe(mediaTypes.ociIndex);
  expect(typeOf({ schemaVersion: 2, manifests: null })).toBe(mediaTypes.ociIndex);
  expect(typeOf({ schemaVersion: 1, signatures: [] })).toBe(mediaTypes.dockerSchema1Signed);
});

test('what it needs, lists and is about', () => {
  expect(read({ ...image, subject: b })).toMatchObject({
    manifest: { blobs: [a?.digest, b?.digest], children: [], subject: b?.digest, artifactType: mediaTypes.ociLayer },
  });
  const child = { ...a, mediaType: mediaTypes.ociManifest };
  expect(
    read({ schemaVersion: 2, manifests: [child, { ...b, mediaType: undefined }], artifactType: 'x/y' }),
  ).toMatchObject({
    manifest: { blobs: [], children: [a?.digest, b?.digest], artifactType: 'x/y' },
  });
  const cache = { ...a, mediaType: 'application/vnd.buildkit.cacheconfig.v0' };
  expect(read({ schemaVersion: 2, manifests: [cache, b] })).toMatchObject({
    manifest: { blobs: [a?.digest, b?.digest], children: [] },
  });
  const foreign = { ...b, mediaType: mediaTypes.dockerForeignLayer };
  expect(read({ ...image, layers: [foreign] })).toMatchObject({ manifest: { blobs: [a?.digest] } });
});

test('what is none', () => {
  const why = (text: string) => {
    const result = manifestText(Buffer.from(text));
    return result.ok ? 'ok' : result.why;
  };
  expect(
    [
      'no json',
      '[]',
      '{}',
      '{"schemaVersion":2}',
      '{"schemaVersion":2,"mediaType":"text/plain"}',
      '{"schemaVersion":2,"config":{},"manifests":[]}',
      '{"schemaVersion":2,"config":{"digest":"sha256:short"}}',
      '{"schemaVersion":2,"manifests":{}}',
      '{"schemaVersion":2,"manifests":[],"subject":{}}',
    ].map(why),
  ).toMatchInlineSnapshot(`
    [
      "it is not JSON",
      "it is not an object",
      "it is of no kind that a registry keeps",
      "it is of no kind that a registry keeps",
      "it is of no kind that a registry keeps",
      "it is of no kind that a registry keeps",
      ""config" or "layers" is no descriptor with a digest",
      ""manifests" is no list of descriptors",
      ""subject" has no digest",
    ]
  `);
});
