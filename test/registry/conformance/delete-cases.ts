import assert from 'node:assert/strict';
import { digestOf } from '../../../src/registry/digest.js';
import type { Case } from './case.js';
import { artifact } from './data-sets.js';

/** What is taken away is gone at once: end-9, end-10. */
export const deleteCases: readonly Case[] = [
  {
    name: 'a tag goes, its manifest and the other tags stay',
    run: async (repository) => {
      const image = await repository.image('x');
      const { digest } = await repository.pushManifest(image, 'goes');
      await repository.pushManifest(image, 'stays');
      assert.equal((await repository.ask('DELETE', 'manifests/goes')).status, 202);
      assert.equal((await repository.ask('HEAD', 'manifests/goes')).status, 404);
      for (const reference of ['stays', digest]) {
        assert.equal((await repository.ask('HEAD', `manifests/${reference}`)).status, 200);
      }
      const list = JSON.parse((await repository.ask('GET', 'tags/list')).body.toString()) as { tags: string[] };
      assert.deepEqual(list.tags, ['stays']);
    },
  },
  {
    name: 'a manifest goes, and its tags with it',
    run: async (repository) => {
      const { digest } = await repository.pushManifest(await repository.image('x'), 'tagged');
      const other = await repository.pushManifest(await repository.image('other'), 'other');
      assert.equal((await repository.ask('DELETE', `manifests/${digest}`)).status, 202);
      for (const reference of ['tagged', digest]) {
        assert.equal((await repository.ask('GET', `manifests/${reference}`)).status, 404);
      }
      assert.equal((await repository.ask('HEAD', `manifests/${other.digest}`)).status, 200);
      assert.equal((await repository.ask('DELETE', `manifests/${digest}`)).status, 404);
    },
  },
  {
    name: 'a manifest that went is pushed again',
    run: async (repository) => {
      const image = await repository.image('x');
      const { digest } = await repository.pushManifest(image, 'again');
      await repository.ask('DELETE', `manifests/${digest}`);
      await repository.pushManifest(image, 'again');
      assert.equal((await repository.ask('GET', 'manifests/again')).status, 200);
    },
  },
  {
    name: 'a manifest goes by its sha512, by whatever digest it is asked for',
    run: async (repository) => {
      const manifest = await repository.image('x');
      const body = Buffer.from(JSON.stringify(manifest));
      const [short, long] = [digestOf(body), digestOf(body, 'sha512')];
      const headers = { 'Content-Type': manifest.mediaType };
      assert.equal((await repository.ask('PUT', `manifests/${long}?tag=long`, { body, headers })).status, 201);
      assert.equal((await repository.ask('DELETE', `manifests/${long}`)).status, 202);
      for (const reference of [short, long, 'long']) {
        assert.equal((await repository.ask('HEAD', `manifests/${reference}`)).status, 404);
      }
    },
  },
  {
    name: 'a referrer goes out of the list',
    run: async (repository) => {
      const subject = await repository.pushManifest(await repository.image('subject'));
      const manifest = await artifact(repository, { subject });
      const { digest } = await repository.pushManifest(manifest);
      const count = async () => {
        const { status, body } = await repository.ask('GET', `referrers/${subject.digest}`);
        assert.equal(status, 200);
        return (JSON.parse(body.toString()) as { manifests: object[] }).manifests.length;
      };
      assert.equal(await count(), 1);
      await repository.ask('DELETE', `manifests/${digest}`);
      assert.equal(await count(), 0);
      await repository.pushManifest(manifest);
      assert.equal(await count(), 1);
    },
  },
  {
    name: 'a blob goes',
    run: async (repository) => {
      const digest = await repository.pushBlob('goes');
      assert.equal((await repository.ask('DELETE', `blobs/${digest}`)).status, 202);
      assert.equal((await repository.ask('HEAD', `blobs/${digest}`)).status, 404);
      const never = digestOf(Buffer.from('never pushed'));
      assert.equal((await repository.ask('DELETE', `blobs/${never}`)).status, 404);
    },
  },
];
