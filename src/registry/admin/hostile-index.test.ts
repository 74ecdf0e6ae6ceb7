import { expect, test } from 'vitest';
import { type Digest, digestOf } from '../digest.js';
import { type RawManifest, rawManifest, readManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';
import { createdOf } from './created-of.js';
import { inspectImage } from './inspect-image.js';
import { repositoryContents } from './repository-contents.js';

/** Indexes each of which names the next one three times, and below them nothing that tells a date. */
function chain(levels: number) {
  const manifests = new Map<Digest, RawManifest>();
  const add = (value: unknown) => {
    const raw = rawManifest(Buffer.from(JSON.stringify(value)));
    manifests.set(raw.digest, raw);
    return raw;
  };
  const config = { mediaType: 'a/b', digest: digestOf(Buffer.from('x')), size: 1 };
  let top = add({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] });
  for (let level = 0; level < levels; level += 1) {
    const child = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length };
    top = add({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child, child, child] });
  }
  let read = 0;
  const named = async (_: string, reference: string) =>
    manifests.get(reference === 'x' ? top.digest : digestOf(Buffer.from('')));
  const reader = {
    named,
    manifest: async (_: string, digest: Digest) => {
      read += 1;
      const raw = manifests.get(digest);
      if (raw === undefined || read > 1000) throw new Error('it is read without end');
      return readManifest(raw, 'it');
    },
    config: async () => undefined,
  };
  const found = { digest: top.digest, mediaType: mediaTypes.ociIndex, size: top.bytes.length };
  const registry = { host: 'r', tags: async () => ['x'], head: async () => found };
  return { reader, registry, top, read: () => read };
}

test('indexes that name the next one three times over are each read a few times', async () => {
  const { reader, registry, top, read } = chain(8);
  expect(await createdOf('a', top.digest, reader)).toBeUndefined();
  expect(read()).toBe(9);
  const { children } = await repositoryContents(registry, 'a', reader);
  expect(new Set(children.get(top.digest)).size).toBe(8);
  expect((await inspectImage(registry, 'a', 'x', reader)).platforms).toHaveLength(3);
  expect(read()).toBeLessThan(60);
});
