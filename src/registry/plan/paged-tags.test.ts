import { expect, it } from 'vitest';
import { type MadeImage, makeImage, makeIndex } from '../../../test/registry/archives/make-image.js';
import { referrersTag } from '../attached-tags.js';
import { type RawManifest, rawManifest } from '../manifest.js';
import { mediaTypes } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import { attachmentsOf } from './attachments.js';
import { choosePlatforms } from './choose-platforms.js';
import { SourceCache } from './source-cache.js';
import type { WantedImage } from './wanted-image.js';

const amd = makeImage({ layers: ['amd'] });
const arm = makeImage({ layers: ['arm'], architecture: 'arm64' });
const attestation = makeImage({ layers: ['how amd was built'] });

/** A source whose listing has pages of two tags, with the requests that it was asked. */
function source(tags: readonly string[], manifests: readonly RawManifest[] = []) {
  const asked: string[] = [];
  const has: ImageSource = {
    name: 'source',
    head: async (_, reference) => {
      asked.push(`head ${reference}`);
      return tags.includes(reference) ? { digest: amd.raw.digest, mediaType: amd.raw.mediaType, size: 1 } : undefined;
    },
    manifest: async (_, reference) => manifests.find(({ digest }) => digest === reference),
    blob: () => Promise.reject(new Error('no blob is wanted')),
    tags: async () => {
      asked.push('tags');
      return [...tags];
    },
    tagsPage: async () => {
      asked.push('page');
      return { tags: tags.slice(0, 2), complete: tags.length <= 2 };
    },
    repositories: async () => ['team/web'],
    referrers: async () => [],
    referrersByApi: async () => undefined,
    close: async () => {},
  };
  return { cache: new SourceCache(has), asked };
}

it('signatures of the parts of an index are found where the listing has pages, for one listing of all', async () => {
  const signature = (image: MadeImage) => `${referrersTag(image.raw.digest)}.sig`;
  const { cache, asked } = source(['1', '2', signature(amd), signature(arm)]);
  const found = async (image: MadeImage, isTop: boolean) =>
    (await attachmentsOf(cache, 'team/web', image.raw.digest, isTop)).map(({ tag }) => tag);
  expect(await found(amd, false)).toEqual([signature(amd)]);
  expect(await found(arm, false)).toEqual([signature(arm)]);
  expect(asked).toEqual(['page', 'tags']);
  expect(await found(amd, true)).toEqual([signature(amd)]);
  expect(asked.filter((each) => each.startsWith('head'))).toHaveLength(4);
});

it('a registry that refuses what is not there made the image fail, where its tags come in pages', async () => {
  const { cache } = source(['1', '2', '3']);
  const notices: string[] = [];
  Object.assign(cache.source, {
    head: () => Promise.reject(new RegistryError('denied', 'could not look for it: 403')),
    notice: (line: string) => notices.push(line),
  });
  expect(await attachmentsOf(cache, 'team/web', amd.raw.digest, true)).toEqual([]);
  expect(notices).toHaveLength(4);
  expect(notices[0]).toBe(
    'could not look for it: 403; nothing is attached to the image by that tag, as far as is known',
  );
});

/** An index of both, with what BuildKit says of the first. */
function attested(): RawManifest {
  const { raw } = makeIndex({ amd64: amd, arm64: arm });
  const index = JSON.parse(Buffer.from(raw.bytes).toString());
  index.manifests.push({
    mediaType: mediaTypes.ociManifest,
    digest: attestation.raw.digest,
    size: attestation.raw.bytes.length,
    platform: { architecture: 'unknown', os: 'unknown' },
    annotations: { 'vnd.docker.reference.digest': amd.raw.digest },
  });
  return rawManifest(Buffer.from(JSON.stringify(index)), raw.mediaType);
}

it.each([
  ['amd64', 'all', ['amd64', 'unknown'], 'the index is'],
  ['amd64', 'none', undefined, 'the image itself'],
  ['arm64', 'all', undefined, 'the image itself'],
] as const)('one platform, %s, with %s attached, lost its attestation in silence', async (platform, attachments, kept, note) => {
  const top = attested();
  const image: WantedImage = {
    source: undefined,
    repository: 'team/web',
    tag: '1',
    digest: undefined,
    targetRepository: 'team/web',
    targetTag: '1',
    platforms: [`linux/${platform}`],
    attachments,
    place: undefined,
  };
  const { raw, notes } = await choosePlatforms(top, image, source(['1'], [amd.raw, arm.raw]).cache);
  const { manifests } = JSON.parse(Buffer.from(raw.bytes).toString());
  expect(manifests?.map((each: { platform: { architecture: string } }) => each.platform.architecture)).toEqual(kept);
  expect(notes.join()).toContain(note);
});
