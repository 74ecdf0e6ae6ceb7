import assert from 'node:assert/strict';
import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import type { Case } from './case.js';
import { codeOf } from './repository.js';

const nothing = digestOf(Buffer.from('nothing'));
const headers = { 'Content-Type': mediaTypes.ociManifest };

/** What is refused, and in which words. */
export const errorCases: readonly Case[] = [
  {
    name: 'a manifest that is not there',
    run: async (repository) => {
      for (const reference of ['no-such-tag', nothing]) {
        const got = await repository.ask('GET', `manifests/${reference}`);
        assert.deepEqual([got.status, codeOf(got)], [404, 'MANIFEST_UNKNOWN']);
        assert.equal((await repository.ask('HEAD', `manifests/${reference}`)).status, 404);
      }
    },
  },
  {
    name: 'a manifest whose reference can be neither a tag nor a digest was an error, and is not there',
    run: async (repository) => {
      for (const reference of ['.INVALID_MANIFEST_NAME', 'a'.repeat(129), 'sha256:..']) {
        for (const method of ['GET', 'HEAD', 'DELETE']) {
          const { status } = await repository.ask(method, `manifests/${reference}`);
          assert.equal(status, 404, `${method} ${reference}`);
        }
        const body = JSON.stringify(await repository.image('x'));
        const put = await repository.ask('PUT', `manifests/${reference}`, { body, headers });
        assert.ok(put.status === 400 || put.status === 404, `PUT ${reference}: ${put.status}`);
      }
    },
  },
  {
    name: 'a blob that is not there, in words',
    run: async (repository) => {
      const got = await repository.ask('GET', `blobs/${nothing}`);
      assert.deepEqual([got.status, codeOf(got)], [404, 'BLOB_UNKNOWN']);
    },
  },
  {
    name: 'digests that are none',
    run: async (repository) => {
      for (const digest of ['sha256:short', 'md5:d41d8cd98f00b204e9800998ecf8427e', `sha256:${'Z'.repeat(64)}`]) {
        for (const path of [`manifests/${digest}`, `blobs/${digest}`]) {
          const { status } = await repository.ask('GET', path);
          assert.ok(status === 400 || status === 404, `${path}: ${status}`);
        }
      }
    },
  },
  {
    name: 'a manifest under a digest that is not its own',
    run: async (repository) => {
      const body = JSON.stringify(await repository.image('x'));
      const put = await repository.ask('PUT', `manifests/${nothing}`, { body, headers });
      assert.deepEqual([put.status, codeOf(put)], [400, 'DIGEST_INVALID']);
    },
  },
  {
    name: 'a manifest whose blobs are not there',
    run: async (repository) => {
      const image = await repository.image('x');
      const body = JSON.stringify({ ...image, config: { ...image.config, digest: nothing } });
      const put = await repository.ask('PUT', 'manifests/lacks', { body, headers });
      assert.ok(put.status === 400 || put.status === 404);
      assert.equal(codeOf(put), 'MANIFEST_BLOB_UNKNOWN');
      assert.equal((await repository.ask('HEAD', 'manifests/lacks')).status, 404);
    },
  },
  {
    name: 'a manifest that is none',
    run: async (repository) => {
      for (const body of ['not json', '[]', '{"schemaVersion":2}']) {
        const put = await repository.ask('PUT', 'manifests/none', { body, headers });
        assert.deepEqual([put.status, codeOf(put)], [400, 'MANIFEST_INVALID'], body);
      }
    },
  },
  {
    name: 'a manifest of more than the most',
    run: async (repository) => {
      const body = JSON.stringify({ ...(await repository.image('x')), annotations: { long: 'A'.repeat(5 << 20) } });
      assert.equal((await repository.ask('PUT', 'manifests/long', { body, headers })).status, 413);
    },
  },
  {
    name: 'names that are none',
    run: async (repository) => {
      for (const name of ['Upper/case', '-dash', 'a//b', 'a/_uploads', 'a/..%2f..%2fb', '%2e%2e/%2e%2e/etc']) {
        const { status } = await repository.ask('GET', `/v2/${name}/tags/list`);
        assert.ok(status === 400 || status === 404 || status === 301, `${name}: ${status}`);
        const pushed = await repository.ask('POST', `/v2/${name}/blobs/uploads/`, { body: '' });
        assert.ok(pushed.status >= 301 && pushed.status <= 405, `${name}: ${pushed.status}`);
      }
    },
  },
  {
    name: 'methods that are not allowed',
    run: async (repository) => {
      assert.equal((await repository.ask('POST', 'tags/list')).status, 405);
      assert.equal((await repository.ask('PUT', `blobs/${nothing}`, { body: 'x' })).status, 405);
    },
  },
];
