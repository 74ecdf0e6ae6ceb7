import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/registry/digest.js';
import { type FollowedAnswer, type FollowOptions, follow } from './ways/follow.js';
import { type PublishedWays, publishedName, publishedWays, type WayName, wayNames } from './ways/published-ways.js';
import { makeSignedIndex } from './ways/signed-index.js';

/*
 * What servers that are no registries get wrong, and which clients fail on it: each of them, in each way of serving. Some are harmless;
 * then the test says what is done here.
 */

const made = makeSignedIndex('variations');
const { index, images, cosign, cosignTag, tag } = made;
const types = [
  'docker.distribution.manifest.list.v2',
  'docker.distribution.manifest.v2',
  'oci.image.index.v1',
  'oci.image.manifest.v1',
];
const accept = types.map((type) => `application/vnd.${type}+json`).join(', ');
const compressed = { 'accept-encoding': 'zstd, gzip, deflate' };

/** References of manifests, and what they are of. */
const manifests = [
  [tag, index.raw],
  [index.raw.digest, index.raw],
  [images.amd64.raw.digest, images.amd64.raw],
  [images.arm64.raw.digest, images.arm64.raw],
  [cosignTag, cosign.raw],
] as const;
const blobs = [...images.arm64.blobs].filter(([digest]) => digest !== images.arm64.raw.digest);
const absent: Digest = `sha256:${'0'.repeat(64)}`;

let ways: PublishedWays;
beforeAll(async () => {
  ways = await publishedWays(made);
});
afterAll(() => ways.close());

/** Ways that answer manifests with headers of a registry. Files and objects have none of them. */
const answersManifests = (way: WayName) => way.startsWith('a ') || way.startsWith('content');

describe.each(wayNames)('%s', (way) => {
  const get = (path: string, options: FollowOptions = {}) => follow(`${ways.url(way)}/v2/${path}`, options);
  const manifest = (reference: string, options: FollowOptions = {}) =>
    get(`${publishedName}/manifests/${reference}`, { ...options, headers: { accept, ...options.headers } });
  const blob = (digest: string, options: FollowOptions = {}) => get(`${publishedName}/blobs/${digest}`, options);
  const last = (answers: readonly FollowedAnswer[]) => {
    const answer = answers.at(-1);
    if (answer === undefined) throw new Error('there is no answer');
    return answer;
  };
  const lastOfManifests = (options: FollowOptions = {}) =>
    Promise.all(manifests.map(async ([reference]) => last(await manifest(reference, options))));
  const lastOfBlobs = (options: FollowOptions = {}) =>
    Promise.all(blobs.map(async ([digest]) => last(await blob(digest, options))));

  it('no Docker-Content-Digest: it is there where manifests are answered, and nowhere else', async () => {
    for (const { headers } of await lastOfManifests())
      expect('docker-content-digest' in headers).toBe(answersManifests(way));
  });

  it('a wrong Docker-Content-Digest: it is that of the bytes, of GET and HEAD', async () => {
    for (const method of ['GET', 'HEAD'] as const)
      for (const [at, { headers }] of (await lastOfManifests({ method })).entries()) {
        const digest = manifests[at]?.[1].digest;
        expect(headers['docker-content-digest'] ?? digest).toBe(digest);
      }
    for (const [at, { headers, bytes }] of (await lastOfBlobs()).entries()) {
      expect(digestOf(bytes)).toBe(blobs[at]?.[0]);
      expect(headers['docker-content-digest'] ?? blobs[at]?.[0]).toBe(blobs[at]?.[0]);
    }
  });

  it.each([
    ['application/json', /^application\/json/],
    ['application/octet-stream', /^application\/octet-stream/],
    ['binary/octet-stream', /^binary\//],
    ['text/plain', /^text\//],
    ['no Content-Type', /^$/],
  ])('a manifest as %s: it has its own type', async (_, wrong) => {
    for (const method of ['GET', 'HEAD'] as const)
      for (const [at, { status, headers }] of (await lastOfManifests({ method })).entries()) {
        expect(headers['content-type'] ?? '').not.toMatch(wrong);
        expect([status, headers['content-type']]).toEqual([200, manifests[at]?.[1].mediaType]);
      }
  });

  it.each([404, 403])('/v2/ that answers %i: it answers 200', async (status) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = last(await get('', { method }));
      expect(answer.status).not.toBe(status);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    }
  });

  it.each([405, 403])('HEAD of a manifest that answers %i: it answers as GET', async (status) => {
    const [heads, gets] = [await lastOfManifests({ method: 'HEAD' }), await lastOfManifests()];
    for (const [at, head] of heads.entries()) {
      expect(head.status).not.toBe(status);
      const facts = ({ headers }: FollowedAnswer) => [headers['content-type'], headers['content-length']];
      expect([head.status, facts(head), head.bytes.length]).toEqual([200, facts(gets[at] ?? head), 0]);
    }
  });

  it('a signed address for GET that refuses HEAD: HEAD of a blob ends as GET does', async () => {
    for (const [at, { status, headers }] of (await lastOfBlobs({ method: 'HEAD' })).entries())
      expect([status, headers['content-length']]).toEqual([200, String(blobs[at]?.[1].length)]);
    for (const path of [`${publishedName}/blobs/${absent}`, `${publishedName}/manifests/${absent}`]) {
      const statuses = await Promise.all(
        (['GET', 'HEAD'] as const).map(async (method) => last(await get(path, { method, headers: { accept } })).status),
      );
      expect(statuses.filter((status) => status < 400)).toEqual([]);
    }
  });

  it('redirects of manifests: one at most, and none where they are answered', async () => {
    for (const [reference] of manifests)
      expect((await manifest(reference)).map(({ status }) => status)).toEqual(
        way.startsWith('redirects') ? [302, 200] : [200],
      );
  });

  it('redirects of blobs: one at most, to a whole address', async () => {
    for (const [digest] of blobs) {
      const answers = await blob(digest);
      const statuses = way.startsWith('redirects') ? [302, 200] : way.startsWith('a ') ? [307, 200] : [200];
      expect(answers.map(({ status }) => status)).toEqual(statuses);
      expect(answers[0]?.headers.location ?? 'http://').toMatch(/^http:\/\//);
    }
  });

  it('a redirect to a manifest without a digest: its type is right', async () => {
    const { headers, url } = last(await manifest(tag));
    expect([headers['content-type'], url.startsWith(ways.url(way))]).toEqual([
      index.raw.mediaType,
      !way.startsWith('redirects'),
    ]);
  });

  it('a redirect to a manifest that has the type of S3: each object is stored with its own', async () => {
    for (const { headers } of await lastOfManifests())
      expect(headers['content-type']).toMatch(/^application\/vnd\.oci\./);
  });

  it('no Content-Length: it is there', async () => {
    for (const { headers, bytes } of [...(await lastOfManifests()), ...(await lastOfBlobs())])
      expect([headers['content-length'], headers['transfer-encoding']]).toEqual([String(bytes.length), undefined]);
  });

  it('Content-Encoding on what is asked for compressed: bytes are sent as they are', async () => {
    for (const [at, { headers, bytes }] of (await lastOfBlobs({ headers: compressed })).entries())
      expect([headers['content-encoding'], digestOf(bytes)]).toEqual([undefined, blobs[at]?.[0]]);
    for (const [at, { headers, bytes }] of (await lastOfManifests({ headers: compressed })).entries())
      expect([headers['content-encoding'], digestOf(bytes)]).toEqual([undefined, manifests[at]?.[1].digest]);
  });

  it('no Docker-Distribution-API-Version: the service has it, files and objects have not', async () => {
    const version = last(await get('')).headers['docker-distribution-api-version'];
    expect(version).toBe(way.startsWith('the static') ? undefined : 'registry/2.0');
  });

  it('a page for what is not there: the service answers in JSON, whatever is behind it in its own words', async () => {
    const [first, ...others] = await manifest('none');
    if (answersManifests(way)) {
      expect([first?.status, others]).toEqual([404, []]);
      expect(JSON.parse(String(first?.bytes)).errors).toHaveLength(1);
    }
    expect(last(await manifest('none')).status).toBeGreaterThanOrEqual(400);
  });

  it('HEAD without a digest, after which docker asks by GET: both have the same bytes', async () => {
    const [head, got] = [last(await manifest(tag, { method: 'HEAD' })), last(await manifest(tag))];
    expect([head.headers['content-length'], digestOf(got.bytes)]).toEqual([
      String(index.raw.bytes.length),
      index.raw.digest,
    ]);
  });

  it('Authorization that is sent on to a signed address: nobody is asked for an account', async () => {
    for (const answer of [...(await get('')), ...(await manifest(tag)), ...(await blob(blobs[0]?.[0] ?? absent))])
      expect([answer.status < 400, answer.headers['www-authenticate']]).toEqual([true, undefined]);
  });
});
