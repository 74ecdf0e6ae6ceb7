import { expect, test } from 'vitest';
import { openScripted } from '../../../test/kit/open-scripted.js';
import { referrersTag } from '../attached-tags.js';
import { digestOf } from '../digest.js';
import { attachmentsOf } from './attachments.js';
import { SourceCache } from './source-cache.js';

const [image, part] = ['image', 'part'].map((text) => digestOf(Buffer.from(text)));
if (image === undefined || part === undefined) throw new Error('two digests were made');

test.each([401, 403, 405, 500])('tags that are not listed (%i) made the image fail', async (status) => {
  const signature = (digest: typeof image) => `${referrersTag(digest)}.sig`;
  const { registry, notices, requests } = await openScripted(({ url, method }) => {
    if (url.includes('/tags/list')) return { status };
    const isSignature = [image, part].some((digest) => url.endsWith(signature(digest)));
    if (method !== 'HEAD' || !isSignature) return undefined;
    return { headers: { 'docker-content-digest': image } };
  });
  const source = new SourceCache(registry);
  const found = await Promise.all([image, part].map((digest, at) => attachmentsOf(source, 'a', digest, at === 0)));
  expect(found).toEqual([image, part].map((digest) => [{ reference: signature(digest), tag: signature(digest) }]));
  expect(await attachmentsOf(source, 'a', part, false)).toHaveLength(1);
  expect(notices).toEqual([`could not list the tags of HOST/a: ${status}; what is attached is looked for by its name`]);
  expect(requests().filter((line) => line.includes('/tags/list'))).toHaveLength(1);
});

test('a lost connection is no listing that is refused', async () => {
  const { registry, server } = await openScripted(() => undefined);
  await server.close();
  await expect(attachmentsOf(new SourceCache(registry), 'a', image, true)).rejects.toThrow('connection refused');
});
