import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { artifact, dataSets } from '../conformance/data-sets.js';
import { Repository } from '../conformance/repository.js';
import { type DockerRegistry, dockerRegistry } from '../docker-registry.js';
import { installed } from '../proxy/start-registry.js';

/** What docker-registry takes too, unless its configuration allows more. */
const kinds = Object.entries(dataSets).filter(([name]) => name !== 'image with layers that are had elsewhere');

describe.skipIf(!installed('docker-registry'))('a folder shared with docker-registry (where it is installed)', () => {
  let folder: string;
  let ours: RegistryServer;
  let theirs: DockerRegistry;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-shared-'));
    ours = await serveRegistry({ dir: folder, delete: true });
    theirs = await dockerRegistry(folder);
  });
  afterEach(async () => {
    await ours.close();
    await theirs.stop();
    await rm(folder, { recursive: true });
  });

  test('either serves what the other wrote, byte for byte', async () => {
    const servers = { ours: ours.url, theirs: theirs.url };
    for (const [writer, url] of Object.entries(servers)) {
      for (const [at, [name, dataSet]] of kinds.entries()) {
        const repository = new Repository(url, `${writer}/kind-${at}`);
        const manifest = await dataSet(repository);
        await repository.pushManifest(manifest, 'tagged');
        const reader = new Repository(writer === 'ours' ? theirs.url : ours.url, repository.name);
        const got = await reader.ask('GET', 'manifests/tagged');
        expect([name, got.status, got.headers['content-type']]).toEqual([name, 200, manifest.mediaType]);
        expect(got.body.toString() === JSON.stringify(manifest)).toBe(true);
        for (const digest of blobsOf(manifest)) {
          const blob = await reader.ask('GET', `blobs/${digest}`);
          expect(digestOf(blob.body)).toBe(digest);
        }
        expect((await reader.ask('GET', 'tags/list')).body.toString()).toContain('"tagged"');
      }
    }
    const [a, b] = await Promise.all(
      Object.values(servers).map(async (url) => catalog(await new Repository(url, 'x').ask('GET', '/v2/_catalog'))),
    );
    // docker-registry lists what has blobs only.
    expect(
      a?.filter((name) => !name.endsWith(`kind-${kinds.findIndex(([kind]) => kind === 'index of nothing')}`)),
    ).toEqual(b);
    expect(b).toHaveLength(2 * kinds.length - 2);
  });

  test('what one moves or takes away, the other sees at once, also what it has just sent', async () => {
    const at = (url: string) => new Repository(url, 'moving');
    const tagged = async (url: string) => (await at(url).ask('HEAD', 'manifests/tag')).headers['docker-content-digest'];
    for (let round = 0; round < 20; round += 1) {
      const writer = round % 2 === 0 ? theirs.url : ours.url;
      const { digest } = await at(writer).pushManifest(await at(writer).image(`round ${round}`), 'tag');
      expect([await tagged(ours.url), await tagged(theirs.url)]).toEqual([digest, digest]);
    }
    const digest = await tagged(ours.url);
    expect((await at(theirs.url).ask('DELETE', `manifests/${digest}`)).status).toBe(202);
    for (const reference of ['tag', digest]) {
      expect((await at(ours.url).ask('GET', `manifests/${reference}`)).status).toBe(404);
    }
  });

  test('referrers that docker-registry writes and removes are listed and not', async () => {
    const [here, there] = [ours.url, theirs.url].map((url) => new Repository(url, 'referred'));
    if (here === undefined || there === undefined) throw new Error('two of two');
    const listed = async (subject: Digest) =>
      (JSON.parse((await here.ask('GET', `referrers/${subject}`)).body.toString()) as { manifests: unknown[] })
        .manifests.length;
    const subject = await here.pushManifest(await here.image('subject'));
    expect(await listed(subject.digest)).toBe(0);
    const manifest = await artifact(there, { subject });
    const { digest } = await there.pushManifest(manifest);
    expect(await listed(subject.digest)).toBe(1);
    await there.ask('DELETE', `manifests/${digest}`);
    expect(await listed(subject.digest)).toBe(0);
    await there.pushManifest(manifest); // Into the folder that docker-registry left: its parent doesn't change.
    expect(await listed(subject.digest)).toBe(1);
  });

  test("a manifest that we took stopped docker-registry's garbage collection for all of the folder", async () => {
    const repository = new Repository(ours.url, 'odd');
    const image = await repository.image('odd');
    const [layer] = image.layers;
    const texts = [
      { ...image, annotations: { n: 1 } },
      { ...image, Annotations: { n: 1 } },
      { ...image, layers: [{ ...layer, size: '2' }] },
      { ...image, layers: [{ ...layer, size: 1.5 }] },
      { ...image, layers: [{ ...layer, urls: 'http://x' }] },
      { ...image, layers: [{ ...layer, platform: { os: 5 } }] },
      { ...image, config: { ...image.config, mediaType: 5 } },
      { ...image, 'org.example.field': { size: 1.5, deep: [[[null]]] } },
      { ...image, layers: [{ ...layer, platform: { os: null } }] },
      { ...image, manifests: null },
    ].map((odd) => JSON.stringify(odd));
    const again = JSON.stringify(image);
    texts.push(again.replace('"schemaVersion":2', '"schemaVersion":2.0'));
    texts.push(again.replace('"config"', '"config":{"size":"x"},"config"'));
    texts.push(again.replace('{', `{"deep":${'['.repeat(11_000)}${']'.repeat(11_000)},`));
    const statuses: number[] = [];
    for (const body of texts) {
      const put = { body, headers: { 'Content-Type': image.mediaType } };
      statuses.push((await repository.ask('PUT', `manifests/${digestOf(Buffer.from(body))}`, put)).status);
    }
    expect(statuses).toEqual([...Array(7).fill(400), 201, 201, 201, ...Array(3).fill(400)]);
    execFileSync('docker-registry', ['garbage-collect', theirs.config], { stdio: 'ignore' });
  });

  test("docker-registry's garbage collection keeps what we tagged, with sha512 too, and takes what we deleted", async () => {
    const repository = new Repository(ours.url, 'collected');
    const image = await repository.image('stays');
    const bytes = Buffer.from(JSON.stringify(image));
    const long = digestOf(bytes, 'sha512');
    const headers = { 'Content-Type': image.mediaType };
    expect((await repository.ask('PUT', `manifests/${long}?tag=long`, { body: bytes, headers })).status).toBe(201);
    const longBlob = await repository.pushBlob('known by its sha512', 'sha512');
    const goes = await repository.image('goes');
    const { digest } = await repository.pushManifest(goes, 'goes');
    await repository.ask('DELETE', `manifests/${digest}`);
    execFileSync('docker-registry', ['garbage-collect', theirs.config], { stdio: 'ignore' });
    expect((await repository.ask('GET', 'manifests/long')).body.equals(bytes)).toBe(true);
    for (const blob of blobsOf(image)) expect((await repository.ask('GET', `blobs/${blob}`)).status).toBe(200);
    for (const blob of [...blobsOf(goes).slice(1), longBlob]) {
      expect((await repository.ask('GET', `blobs/${blob}`)).status).toBe(404); // Nothing needed it.
    }
  });
});

function blobsOf(manifest: { readonly [field: string]: unknown }): Digest[] {
  const { config, layers } = manifest as { config?: { digest: Digest }; layers?: { digest: Digest }[] };
  return [...(config === undefined ? [] : [config]), ...(layers ?? [])].map(({ digest }) => digest);
}

function catalog({ body }: { readonly body: Buffer }): string[] {
  return (JSON.parse(body.toString()) as { repositories: string[] }).repositories;
}
