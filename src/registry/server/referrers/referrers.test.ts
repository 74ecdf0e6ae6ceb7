import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serveEachTest } from '../../../../test/kit/served-folder.js';
import { type Digest, digestOf } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import { keepBytes } from '../storage/content.js';
import { writeLink } from '../storage/links.js';
import { Uses } from '../storage/uses.js';

const megabyte = 2 ** 20;
const subject = digestOf(Buffer.from('what they are about'));

const served = serveEachTest();

const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;

/** Lays a referrer into the storage, as docker-registry or an earlier version may have. */
async function lay(annotations: unknown, artifactType = 'x/y'): Promise<Digest> {
  const about = { mediaType: mediaTypes.ociManifest, digest: subject, size: 1 };
  const fields = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], subject: about };
  const text = JSON.stringify({ ...fields, artifactType, annotations }).replace('"DEEP"', deep);
  const digest = await keepBytes(served.layout, new Uses(served.layout, 0, true), 'a/b', Buffer.from(text));
  await writeLink(served.layout, 'a/b', served.layout.revisionLink('a/b', digest), digest);
  return digest;
}

interface Described {
  readonly digest: Digest;
  readonly annotations?: object;
}

async function page(path: string): Promise<{ manifests: Described[]; size: number; next: string | undefined }> {
  const answer = await fetch(`${served.server.url}${path}`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  const { manifests } = JSON.parse(text) as { manifests: Described[] };
  return { manifests, size: text.length, next: /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] };
}

/** All pages of a list, with the size of the largest. */
async function pages(query = ''): Promise<{ digests: Digest[]; count: number; largest: number }> {
  const digests: Digest[] = [];
  let [count, largest] = [0, 0];
  for (let next: string | undefined = `/v2/a/b/referrers/${subject}${query}`; next !== undefined; count += 1) {
    const { manifests, size, next: following }: Awaited<ReturnType<typeof page>> = await page(next);
    digests.push(...manifests.map(({ digest }) => digest));
    largest = Math.max(largest, size);
    next = following;
  }
  return { digests, count, largest };
}

test('a referrer with annotations that are no texts hid all others', async () => {
  const good = await lay({ signed: 'yes' });
  const odd = await lay({ n: 1, note: 'read' });
  await lay({ deep: 'DEEP' });
  const { manifests } = await page(`/v2/a/b/referrers/${subject}`);
  const annotations = new Map(manifests.map((manifest) => [manifest.digest, manifest.annotations]));
  expect([annotations.get(good), annotations.get(odd)]).toEqual([{ signed: 'yes' }, { note: 'read' }]);
});

test('a referrer that can not be read hid all others', async () => {
  const [good, broken] = [await lay({ a: 'b' }), await lay({ c: 'd' })];
  rmSync(served.layout.content(broken), { recursive: true });
  symlinkSync(served.layout.content(broken), served.layout.content(broken));
  for (let round = 0; round < 2; round += 1) expect((await pages()).digests).toEqual([good]);
  const complaints = served
    .errors()
    .join('\n')
    .match(/error the manifest a\/b@sha256:[0-9a-f]{64} is not listed/g);
  expect(complaints).toHaveLength(1);
});

test('a link of a referrer that names no digest does not hide the others', async () => {
  const good = await lay({ a: 'b' });
  const other = await lay({ c: 'd' });
  rmSync(served.layout.revisionLink('a/b', other));
  writeFileSync(served.layout.revisionLink('a/b', other), 'no digest');
  expect((await pages()).digests).toEqual([good]);
});

// Memory keeps 32 MiB of them: these are 36.
test('referrers of hundreds of megabytes came in one answer, and stayed in memory', async () => {
  const laid: Digest[] = [];
  for (let count = 0; count < 24; count += 1) {
    laid.push(await lay({ large: String(count).padEnd(1.5 * megabyte, 'x') }, count % 4 === 0 ? 'one/type' : 'x/y'));
  }
  const all = await pages();
  expect(all.digests).toEqual(laid.sort());
  expect([all.count, all.largest <= 4 * megabyte + 200]).toEqual([12, true]);
  expect((await pages('?artifactType=one/type')).count).toBe(3);
  expect((await pages()).digests).toEqual(laid); // Memory had no room for all of them.
});

test('a referrer that alone is larger than a page has one for itself', async () => {
  for (const sign of ['a', 'b', 'c']) await lay({ large: sign.repeat(5 * megabyte) });
  expect(await pages()).toMatchObject({ count: 3, digests: { length: 3 } });
});

test('of a type that is very long the referrers are found', async () => {
  const type = `x/${'y'.repeat(3000)}`;
  const digest = await lay({}, type);
  await lay({}, `${type}z`);
  expect((await pages(`?artifactType=${type}`)).digests).toEqual([digest]);
});

test('referrers that went and came are forgotten and listed', async () => {
  const [one, two] = [await lay({ a: '1' }), await lay({ a: '2' })];
  expect((await pages()).digests).toEqual([one, two].sort());
  expect((await fetch(`${served.server.url}/v2/a/b/manifests/${one}`, { method: 'DELETE' })).status).toBe(202);
  expect((await pages()).digests).toEqual([two]);
  await lay({ a: '1' });
  expect((await pages()).digests).toEqual([one, two].sort());
});
