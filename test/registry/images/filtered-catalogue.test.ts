import { expect, test } from 'vitest';
import { Journal } from '../../../src/registry/copy/journal.js';
import { planImages } from '../../../src/registry/copy/sync-images.js';
import { digestOf } from '../../../src/registry/digest.js';
import type { WantedImages } from '../../../src/registry/lists/image-list.js';
import { tagOf } from '../../kit/lists/tag-of.js';
import { openScripted } from '../../kit/open-scripted.js';
import { makeImage } from '../archives/make-image.js';

const { raw } = makeImage({ layers: ['one'] });
const other = digestOf(Buffer.from('another image'));

/** An account that may pull and sees no repository in the catalogue: `a/new` is missing, `b/old` and `c/old` are there. */
test.each([
  ['lists nothing', []],
  ['lists what is not wanted', ['somebody/else']],
])('a catalogue that %s made images that are there be copied again, as new ones', async (_, repositories) => {
  const manifest = (digest: string) => ({
    headers: { 'content-type': raw.mediaType, 'docker-content-digest': digest },
    body: Buffer.from(raw.bytes),
  });
  const { registry: source } = await openScripted(({ url }) =>
    url.includes('/manifests/') ? manifest(raw.digest) : undefined,
  );
  const { registry: target, requests } = await openScripted(({ url }) => {
    if (url.startsWith('/v2/_catalog')) return { body: { repositories } };
    if (url.startsWith('/v2/b/old/manifests/')) return manifest(raw.digest);
    if (url.startsWith('/v2/c/old/manifests/')) return manifest(other);
    return undefined;
  });
  const plan = await planImages({
    wanted: ['a/new', 'b/old', 'c/old'].map(
      (repository): WantedImages => ({ ...tagOf(repository, '1'), attachments: 'none' }),
    ),
    sourceOf: () => source,
    target,
    journal: new Journal(undefined),
  });
  expect(plan.images.map(({ state }) => state)).toEqual(['missing', 'unchanged', 'differs']);
  expect(requests().filter((line) => line.includes('_catalog'))).toHaveLength(1);
  // What is new by all that is known is not looked into.
  expect(requests().filter((line) => line.includes('/a/new/blobs/'))).toEqual([]);
});
