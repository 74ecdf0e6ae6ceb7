import assert from 'node:assert/strict';
import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import { chunks } from './blob-cases.js';
import type { Case } from './case.js';
import { ending, location, Repository } from './repository.js';

const content = Buffer.from('0123456789'.repeat(300));
const headers = { 'Content-Type': mediaTypes.ociManifest };

/** Cases that the suites ask in other ways than ours: each by both algorithms, or in another order. */
export const suiteCases: readonly Case[] = [
  ...(['sha256', 'sha512'] as const).flatMap((algorithm): Case[] => {
    const digest = digestOf(content, algorithm);
    const query = algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`;
    return [
      {
        name: `${algorithm}: chunks of the wrong order, then of the right one`,
        run: async (repository) => {
          const upload = await chunks(repository, await repository.begin(query), [0, 1000]);
          const late = { 'Content-Range': '2000-2999' };
          assert.equal(
            (await repository.ask('PATCH', upload, { body: content.subarray(2000), headers: late })).status,
            416,
          );
          const rest = await chunks(repository, location(await repository.ask('GET', upload)), [1000, 2000]);
          const ended = ending(rest, digest);
          assert.equal(
            (await repository.ask('PUT', ended, { body: content.subarray(2000), headers: late })).status,
            201,
          );
        },
      },
      {
        name: `${algorithm}: mounted from another repository, or begun where it is not there`,
        run: async (repository) => {
          const other = new Repository(repository.url, `${repository.name}-source`);
          const missing = digestOf(Buffer.from(`in no repository: ${repository.name}`), algorithm);
          await other.pushBlob(content, algorithm);
          const mounted = await repository.ask('POST', `blobs/uploads/?mount=${digest}&from=${other.name}`);
          assert.equal(mounted.status, 201);
          assert.ok((await repository.ask('GET', `blobs/${digest}`)).body.equals(content));
          const begun = await repository.ask('POST', `blobs/uploads/?mount=${missing}&from=${other.name}`);
          assert.equal(begun.status, 202);
          assert.ok(location(begun));
        },
      },
      {
        name: `${algorithm}: known contents, empty and {}`,
        run: async (repository) => {
          for (const bytes of ['', '{}']) {
            const pushed = await repository.pushBlob(bytes, algorithm);
            const got = await repository.ask('GET', `blobs/${pushed}`);
            assert.deepEqual([got.status, got.body.toString()], [200, bytes]);
            assert.equal((await repository.ask('DELETE', `blobs/${pushed}`)).status, 202);
            assert.equal((await repository.ask('HEAD', `blobs/${pushed}`)).status, 404);
          }
        },
      },
      {
        name: `${algorithm}: parts, also beyond the end and reversed`,
        run: async (repository) => {
          await repository.pushBlob(content, algorithm);
          const part = async (range: string) => {
            const { status, body } = await repository.ask('GET', `blobs/${digest}`, { headers: { Range: range } });
            return [status, status === 206 ? body.length : 0];
          };
          assert.deepEqual(await part('bytes=500-1499'), [206, 1000]);
          assert.deepEqual(await part('bytes=500-'), [206, 2500]);
          assert.deepEqual(await part('bytes=-500'), [206, 500]);
          assert.deepEqual(await part('bytes=2000-5000'), [206, 1000]);
          assert.deepEqual(await part('bytes=500-0'), [416, 0]);
          assert.deepEqual(await part('bytes=5000-10000'), [416, 0]);
        },
      },
      {
        name: `${algorithm}: a wrong digest, by every way to push`,
        run: async (repository) => {
          const wrong = digestOf(Buffer.from('another'), algorithm);
          const post = await repository.ask('POST', `blobs/uploads/?digest=${wrong}`, { body: content });
          const inParts = await chunks(repository, await repository.begin(query), [0, 1000, 2000]);
          const last = { body: content.subarray(2000), headers: { 'Content-Range': '2000-2999' } };
          const put = await repository.ask('PUT', ending(inParts, wrong), last);
          const stream = await repository.ask('PATCH', await repository.begin(query), { body: content });
          const streamed = await repository.ask('PUT', ending(location(stream), wrong), { body: '' });
          assert.deepEqual([post.status, put.status, streamed.status], [400, 400, 400]);
          assert.equal((await repository.ask('HEAD', `blobs/${wrong}`)).status, 404);
        },
      },
      {
        name: `${algorithm}: an index with its images, pushed with tags beside the digest, pulled and deleted`,
        run: async (repository) => {
          const push = async (json: object, mediaType: string, tag: string) => {
            const bytes = Buffer.from(JSON.stringify(json));
            const own = digestOf(bytes, algorithm);
            const path = `manifests/${own}?tag=${tag}&tag=${tag}-too`;
            const put = await repository.ask('PUT', path, { body: bytes, headers: { 'Content-Type': mediaType } });
            assert.deepEqual([put.status, put.headers['oci-tag']], [201, `${tag}, ${tag}-too`]);
            return { mediaType, digest: own, size: bytes.length };
          };
          const image = await push(await repository.image('x'), mediaTypes.ociManifest, 'image');
          const fields = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [image] };
          const index = await push(fields, mediaTypes.ociIndex, 'index');
          for (const reference of [index.digest, 'index', 'index-too']) {
            const got = await repository.ask('GET', `manifests/${reference}`);
            assert.deepEqual([got.status, got.headers['docker-content-digest']], [200, index.digest]);
          }
          for (const reference of ['index', index.digest]) {
            assert.equal((await repository.ask('DELETE', `manifests/${reference}`)).status, 202);
            assert.equal((await repository.ask('HEAD', `manifests/${reference}`)).status, 404);
          }
          assert.equal((await repository.ask('HEAD', `manifests/${image.digest}`)).status, 200);
        },
      },
    ];
  }),
  {
    name: 'a manifest with bytes behind those of its digest, and one by a digest that is none',
    run: async (repository) => {
      const bytes = JSON.stringify(await repository.image('x'));
      const own = digestOf(Buffer.from(bytes));
      assert.equal((await repository.ask('PUT', `manifests/${own}`, { body: `${bytes}  `, headers })).status, 400);
      assert.equal((await repository.ask('HEAD', `manifests/${own}`)).status, 404);
      const bad = 'manifests/sha256:baddigeststring';
      assert.equal((await repository.ask('PUT', bad, { body: bytes, headers })).status, 400);
      const got = await repository.ask('GET', bad);
      assert.ok(got.status === 404 || got.status === 400);
    },
  },
  {
    name: 'an error is told in JSON, with a code and a message',
    run: async (repository) => {
      const reply = await repository.ask('PUT', 'manifests/sha256:totallywrong', { body: 'blablabla', headers });
      assert.ok(reply.status === 400 || reply.status === 404);
      const { errors } = JSON.parse(reply.body.toString()) as { errors: { code: unknown; message: unknown }[] };
      assert.ok(errors.length > 0);
      for (const { code, message } of errors) assert.deepEqual([typeof code, typeof message], ['string', 'string']);
    },
  },
];
