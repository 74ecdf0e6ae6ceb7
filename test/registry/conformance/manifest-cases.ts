import assert from 'node:assert/strict';
import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import type { Case } from './case.js';
import { dataSets } from './data-sets.js';
import { codeOf, location } from './repository.js';

/** Manifests pushed and pulled: end-3, 7a, 7b. */
export const manifestCases: readonly Case[] = [
  ...Object.entries(dataSets).map(
    ([name, dataSet]): Case => ({
      name: `pushed and pulled: ${name}`,
      run: async (repository) => {
        const manifest = await dataSet(repository);
        const bytes = Buffer.from(JSON.stringify(manifest));
        const { digest } = await repository.pushManifest(manifest);
        await repository.pushManifest(manifest, 'tagged');
        for (const reference of ['tagged', digest]) {
          const head = await repository.ask('HEAD', `manifests/${reference}`);
          const got = await repository.ask('GET', `manifests/${reference}`);
          for (const { status, headers } of [head, got]) {
            assert.equal(status, 200);
            assert.equal(headers['content-type'], manifest.mediaType);
            assert.equal(headers['docker-content-digest'], digest);
            assert.equal(headers['content-length'], String(bytes.length));
          }
          assert.ok(got.body.equals(bytes));
        }
      },
    }),
  ),
  {
    name: 'a manifest by its sha512',
    run: async (repository) => {
      const manifest = await repository.image('x');
      const bytes = Buffer.from(JSON.stringify(manifest));
      const digest = digestOf(bytes, 'sha512');
      const headers = { 'Content-Type': manifest.mediaType };
      const put = await repository.ask('PUT', `manifests/${digest}?tag=long`, { body: bytes, headers });
      assert.equal(put.status, 201, put.body.toString());
      for (const path of [location(put), 'manifests/long']) {
        const got = await repository.ask('GET', path);
        assert.equal(got.headers['docker-content-digest'], digest);
        assert.ok(got.body.equals(bytes));
      }
    },
  },
  {
    name: 'tags beside the digest',
    run: async (repository) => {
      const manifest = await repository.image('x');
      const bytes = Buffer.from(JSON.stringify(manifest));
      const headers = { 'Content-Type': manifest.mediaType };
      const path = `manifests/${digestOf(bytes)}?tag=one&tag=two`;
      const put = await repository.ask('PUT', path, { body: bytes, headers });
      assert.deepEqual([put.status, put.headers['oci-tag']], [201, 'one, two']);
      for (const tag of ['one', 'two']) assert.equal((await repository.ask('HEAD', `manifests/${tag}`)).status, 200);
    },
  },
  {
    name: 'a tag is moved',
    run: async (repository) => {
      await repository.pushManifest(await repository.image('first'), 'moving');
      const { digest } = await repository.pushManifest(await repository.image('second'), 'moving');
      const { headers } = await repository.ask('HEAD', 'manifests/moving');
      assert.equal(headers['docker-content-digest'], digest);
    },
  },
  {
    name: 'what has not changed is not sent',
    run: async (repository) => {
      await repository.pushManifest(await repository.image('x'), 'same');
      const { headers } = await repository.ask('HEAD', 'manifests/same');
      assert.ok(headers.etag);
      const again = await repository.ask('GET', 'manifests/same', { headers: { 'If-None-Match': headers.etag } });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
    },
  },
  {
    name: 'an index with manifests that are not there is kept, or refused by name',
    run: async (repository) => {
      const there = await repository.pushManifest(await repository.image('x'));
      const missing = { ...there, digest: digestOf(Buffer.from('not there')) };
      const sparse = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [there, missing] };
      const headers = { 'Content-Type': sparse.mediaType };
      const put = await repository.ask('PUT', 'manifests/sparse', { body: JSON.stringify(sparse), headers });
      if (put.status !== 201) assert.deepEqual([put.status, codeOf(put)], [400, 'MANIFEST_BLOB_UNKNOWN']);
    },
  },
];
