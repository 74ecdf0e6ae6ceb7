import assert from 'node:assert/strict';
import { digestOf } from '../../../src/registry/digest.js';
import { mediaTypes } from '../../../src/registry/media-types.js';
import type { Case } from './case.js';
import { artifact } from './data-sets.js';
import { type Descriptor, location, type Reply, Repository } from './repository.js';

/** In the order in which they are listed; a folder has them in another, whatever the filesystem. */
const tags = ['1.0', '1.1', '1.10', '1.2', 'B', 'a', 'b', 'latest', 'x-1', 'x_1'];
const pushed = ['x-1', '1.2', 'latest', 'B', '1.0', 'x_1', 'b', '1.10', 'a', '1.1'];

/** Lists: tags (end-8), referrers (end-12), the catalogue. */
export const listingCases: readonly Case[] = [
  {
    name: 'the base',
    run: async (repository) => assert.equal((await repository.ask('GET', '/v2/')).status, 200),
  },
  {
    name: 'tags of a repository that is not there',
    run: async (repository) => {
      const reply = await repository.ask('GET', 'tags/list');
      if (reply.status === 200) assert.deepEqual(tagsIn(reply), []);
      else assert.equal(reply.status, 404);
    },
  },
  {
    name: 'tags, sorted',
    run: async (repository) => {
      await pushTags(repository);
      assert.deepEqual(tagsIn(await repository.ask('GET', 'tags/list')), tags);
    },
  },
  {
    name: 'tags in pages',
    run: async (repository) => {
      await pushTags(repository);
      const found: string[] = [];
      let next: string | undefined = 'tags/list?n=2';
      for (let pages = 0; next !== undefined; pages += 1) {
        assert.ok(pages < 5, 'there are more pages than tags for them');
        const reply = await repository.ask('GET', next);
        assert.ok(tagsIn(reply).length <= 2, 'a page is longer than was asked for');
        found.push(...tagsIn(reply));
        next = nextIn(reply);
      }
      assert.deepEqual(found, tags);
      assert.deepEqual(tagsIn(await repository.ask('GET', 'tags/list?last=B')), tags.slice(5));
    },
  },
  {
    name: 'no tags when none are asked for',
    run: async (repository) => {
      await pushTags(repository);
      assert.deepEqual(tagsIn(await repository.ask('GET', 'tags/list?n=0')), []);
    },
  },
  {
    name: 'the catalogue in pages',
    run: async (repository) => {
      const names = ['a', 'b', 'c'].map((part) => `${repository.name}/${part}`);
      for (const name of names) await pushTags(new Repository(repository.url, name));
      const found: string[] = [];
      let next: string | undefined = '/v2/_catalog?n=2';
      for (let pages = 0; next !== undefined && pages < 100; pages += 1) {
        const reply = await repository.ask('GET', next);
        const { repositories } = JSON.parse(reply.body.toString()) as { repositories: string[] };
        assert.ok(repositories.length <= 2);
        found.push(...repositories);
        next = nextIn(reply);
      }
      assert.deepEqual(
        found.filter((name) => names.includes(name)),
        names,
      );
    },
  },
  {
    name: 'referrers of what is not there',
    run: async (repository) => {
      const reply = await repository.ask('GET', `referrers/${digestOf(Buffer.from('nothing'))}`);
      assert.deepEqual([reply.status, reply.headers['content-type']], [200, mediaTypes.ociIndex]);
      assert.deepEqual(referrersIn(reply), []);
    },
  },
  {
    name: 'referrers, and those of a type',
    run: async (repository) => {
      const subject = await repository.pushManifest(await repository.image('subject'), 'subject');
      const annotations = { 'org.example.note': 'hello' };
      const one = await pushWithSubject(repository, { subject, annotations });
      const two = await pushWithSubject(repository, { subject, artifactType: 'application/vnd.example.other' });
      const image = await pushWithSubject(repository, { ...(await repository.image('about')), subject });
      const all = await repository.ask('GET', `referrers/${subject.digest}`);
      assert.deepEqual(digestsIn(all), [one, two, image].sort());
      const described = referrersIn(all).find(({ digest }) => digest === one);
      assert.deepEqual(described?.annotations, annotations);
      assert.equal(described?.artifactType, 'application/vnd.example.document.v1');
      assert.equal(referrersIn(all).find(({ digest }) => digest === image)?.artifactType, mediaTypes.ociConfig);
      const path = `referrers/${subject.digest}?artifactType=application/vnd.example.other`;
      const some = await repository.ask('GET', path);
      assert.equal(some.headers['oci-filters-applied'], 'artifactType');
      assert.deepEqual(digestsIn(some), [two]);
    },
  },
  {
    name: 'referrers of a subject that comes later',
    run: async (repository) => {
      const image = await repository.image('later');
      const subject = { mediaType: image.mediaType, digest: digestOf(Buffer.from(JSON.stringify(image))), size: 1 };
      const referrer = await pushWithSubject(repository, { subject });
      await repository.pushManifest(image);
      assert.deepEqual(digestsIn(await repository.ask('GET', `referrers/${subject.digest}`)), [referrer]);
    },
  },
  {
    name: 'an index that refers',
    run: async (repository) => {
      const subject = await repository.pushManifest(await repository.image('subject'));
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [subject], subject };
      const referrer = await pushWithSubject(repository, index);
      const reply = await repository.ask('GET', `referrers/${subject.digest}`);
      assert.deepEqual(digestsIn(reply), [referrer]);
      assert.equal(referrersIn(reply)[0]?.mediaType, mediaTypes.ociIndex);
    },
  },
];

async function pushTags(repository: Repository): Promise<void> {
  const image = await repository.image('x');
  for (const tag of pushed) await repository.pushManifest(image, tag);
}

async function pushWithSubject(
  repository: Repository,
  fields: { readonly subject: Descriptor; readonly [field: string]: unknown },
): Promise<string> {
  const manifest = 'mediaType' in fields ? fields : await artifact(repository, fields);
  const body = JSON.stringify(manifest);
  const headers = { 'Content-Type': String(manifest.mediaType) };
  const digest = digestOf(Buffer.from(body));
  const put = await repository.ask('PUT', `manifests/${digest}`, { body, headers });
  assert.deepEqual([put.status, put.headers['oci-subject']], [201, fields.subject.digest]);
  assert.ok(location(put));
  return digest;
}

function tagsIn({ body }: Reply): string[] {
  return (JSON.parse(body.toString()) as { tags: string[] }).tags;
}

function referrersIn({ body }: Reply): (Descriptor & { artifactType?: string; annotations?: object })[] {
  return (JSON.parse(body.toString()) as { manifests: Descriptor[] }).manifests;
}

function digestsIn(reply: Reply): string[] {
  assert.equal(reply.status, 200);
  return referrersIn(reply)
    .map(({ digest }) => digest)
    .sort();
}

function nextIn({ headers }: Reply): string | undefined {
  return /^<([^>]+)>; *rel="?next"?$/.exec(headers.link?.toString() ?? '')?.[1];
}
