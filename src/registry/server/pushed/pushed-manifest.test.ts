import { describe, expect, test } from 'vitest';
import { digestOf } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import { pushedManifest } from './pushed-manifest.js';
import { deepest, mostDifferentKeys, mostKeys, mostParts } from './scan-json.js';

const digest = digestOf(Buffer.from('a'));
const descriptor = { mediaType: mediaTypes.ociLayer, digest, size: 1 };
const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: descriptor, layers: [descriptor] };
const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [descriptor] };

/** Returns the fault of a document; a text is taken as it is. */
function whyOf(document: unknown): string {
  const result = pushedManifest(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)));
  return result.ok ? 'taken' : result.why;
}

const keysOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [at, 'x']));

/** An image with something else in a place of its text. */
function respelled(part: string, other: string): string {
  const text = JSON.stringify({ ...image, subject: { ...descriptor, size: 3 } });
  expect(text).toContain(part);
  return text.replace(part, other);
}

describe('a manifest that Go can not decode was kept, and stopped the collector of docker-registry for the folder', () => {
  const layer = (fields: object) => ({ ...image, layers: [descriptor, { ...descriptor, ...fields }] });
  test.each([
    [
      'annotations of numbers',
      { ...image, annotations: { n: 1 } },
      'annotations has something else than a text at "n"',
    ],
    ['annotations in a list', layer({ annotations: ['x'] }), 'layers.1.annotations is not an object'],
    ['a size in quotes', layer({ size: '2' }), 'layers.1.size is not a number of bytes'],
    ['half a byte', layer({ size: 1.5 }), 'size is not spelled as a whole number'],
    ['a negative size', layer({ size: -1 }), 'layers.1.size is not a number of bytes'],
    ['a size beyond what is exact', layer({ size: 2 ** 60 }), 'layers.1.size is not a number of bytes'],
    ['a type that is a number', { ...image, mediaType: 5 }, 'mediaType is not a text'],
    ["a config's type", { ...image, config: { ...descriptor, mediaType: 5 } }, 'config.mediaType is not a text'],
    ['one URL', layer({ urls: 'http://x' }), 'layers.1.urls is not a list'],
    ['URLs that are none', layer({ urls: [1] }), 'layers.1.urls.0 is not a text'],
    ['data that is not base64', layer({ data: '{}' }), 'layers.1.data is not base64'],
    [
      'a platform',
      { ...index, manifests: [{ ...descriptor, platform: { os: 5 } }] },
      'manifests.0.platform.os is not a text',
    ],
    ['its features', layer({ platform: { 'os.features': 'x' } }), 'layers.1.platform.os.features is not a list'],
    ['a kind of artifact', { ...image, artifactType: 1 }, 'artifactType is not a text'],
    ['a subject', { ...image, subject: { ...descriptor, size: null, urls: {} } }, 'subject.urls is not a list'],
    ['keys in capitals, which Go reads', { ...image, Annotations: { n: 1 } }, 'annotations is spelled Annotations'],
    ['a sign that Go takes for s', layer({ '\u017fize': 'x' }), 'layers.1.size is spelled \u017fize'],
    [
      'a spelt version',
      respelled('"schemaVersion":2', '"schemaVersion":2.0'),
      'schemaVersion is not spelled as a whole number',
    ],
    ['a spelt size', respelled('"size":3', '"size":3e0'), 'size is not spelled as a whole number'],
    [
      'a key twice',
      respelled('"config"', '"config":{"size":"x"},"config"'),
      'it has the key "config" twice in one object',
    ],
    [
      'a key twice, once with escapes',
      respelled('"size":3', '"size":3,"s\\u0069ze":"x"'),
      'it has the key "size" twice in one object',
    ],
  ])('%s', (_, document, why) => expect(whyOf(document)).toBe(why));

  test('what Go does not look at may be anything', () => {
    const free = { version: 1.5, size: 2e-7, deep: [[{ a: [null, true, false] }]] };
    expect(whyOf({ ...image, 'org.example.field': free, annotations: null, subject: null })).toBe('taken');
    expect(whyOf({ ...layer({ size: 0, urls: ['http://x'], data: 'e30=', annotations: {} }) })).toBe('taken');
    expect(whyOf(respelled('"size":3', '"org.example":{"size":1.5},"size":3'))).toBe('taken');
  });
});

describe('a document that is an image for one reader and an index for another was taken', () => {
  test.each([
    ['an image with manifests', { ...image, manifests: [] }, `it is ${mediaTypes.ociManifest}, and has manifests, too`],
    ['an index with a config', { ...index, config: descriptor }, `it is ${mediaTypes.ociIndex}, and has config, too`],
    ['an index with layers', { ...index, layers: [] }, `it is ${mediaTypes.ociIndex}, and has layers, too`],
    ['without a type', { ...image, mediaType: undefined, manifests: [] }, 'it is of no kind that a registry keeps'],
    [
      'layers alone beside',
      { ...index, mediaType: undefined, layers: [] },
      `it is ${mediaTypes.ociIndex}, and has layers, too`,
    ],
    ['layers of schema 1', { ...image, fsLayers: [] }, `it is ${mediaTypes.ociManifest}, and has fsLayers, too`],
    ['in capitals', { ...image, MANIFESTS: [] }, 'manifests is spelled MANIFESTS'],
  ])('%s', (_, document, why) => expect(whyOf(document)).toBe(why));

  test('null is nothing, as programs in Go write it', () => {
    expect([whyOf({ ...image, manifests: null }), whyOf({ ...index, config: null })]).toEqual(['taken', 'taken']);
  });
});

test('bytes that are not UTF-8 were kept, which one reader refuses and another replaces', () => {
  const [before, after] = JSON.stringify({ ...image, annotations: { key: 'text' } }).split('text');
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f]]) {
    const document = Buffer.concat([Buffer.from(before ?? ''), Buffer.from(bytes), Buffer.from(after ?? '')]);
    expect(pushedManifest(document)).toEqual({ ok: false, why: 'it is not UTF-8' });
  }
});

describe('four megabytes of brackets held the server for seconds', () => {
  const within = (field: string) => JSON.stringify(image).replace('{', `{"x":${field},`);
  test.each([
    ['deep', within('['.repeat(2_000_000) + ']'.repeat(2_000_000)), `more than ${deepest} deep in one another`],
    ['never closed', '{"x":'.repeat(700_000), `more than ${deepest} deep in one another`],
    ['flat', within(`[${'[],'.repeat(mostParts)}1]`), `it has more than ${mostParts} parts`],
    ['keys', JSON.stringify({ ...image, x: keysOf(mostKeys + 1) }), `an object has more than ${mostKeys} keys`],
    [
      'other keys in every object',
      within(JSON.stringify(Array.from({ length: mostDifferentKeys + 1 }, (_, at) => ({ [`k${at}`]: 1 })))),
      `it has more than ${mostDifferentKeys} different keys`,
    ],
    ['not JSON at all', '"\\'.repeat(2_000_000), 'it is not JSON'],
  ])('%s', (_, document, why) => expect(whyOf(document)).toContain(why));

  test('as deep as it may be, and texts full of brackets', () => {
    expect(whyOf({ ...image, annotations: keysOf(mostKeys) })).toBe('taken');
    expect(whyOf(within('['.repeat(deepest - 1) + ']'.repeat(deepest - 1)))).toBe('taken');
    expect(whyOf({ ...image, annotations: { a: '[{,"'.repeat(500_000) } })).toBe('taken');
  });
});
