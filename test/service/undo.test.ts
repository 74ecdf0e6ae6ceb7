import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OpenedRegistry } from '../../src/registry/client/open.js';
import type { RawManifest } from '../../src/registry/manifest.js';
import { connect } from '../../src/service-client/connect.js';
import type { DockerRegistry } from '../registry/docker-registry.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { pushImage, pushIndex, registryAs } from './pushed-images-kit.js';
import { admin, type TestService, testService } from './service-kit.js';
import { trustingRegistry } from './trusting-registry-kit.js';

const run = promisify(execFile);
const bob = ['bob', 'hunter2 hunter2'] as const;
const carl = ['carl', 'hunter3 hunter3'] as const;

describe.each(['embedded', 'docker-registry'] as const)('what was deleted of %s', (kind) => {
  let service: TestService;
  let registry: OpenedRegistry;
  let other: DockerRegistry | undefined;
  let host: string;
  let count = 0;
  let repository: string;
  let place: { registry: string; repository: string };
  let images: ReturnType<typeof connect>['images'];
  const name = kind === 'embedded' ? 'local' : 'prod';
  const platform = (layer: string, architecture: string) => ({
    layers: [`${repository} ${layer}`],
    config: { os: 'linux', architecture, config: {}, history: [] },
  });
  const list = async () => {
    const tags = [];
    for await (const { name: tag, digest } of images.tags(place)) tags.push(`${tag} ${digest}`);
    return tags;
  };
  const removed = async () => {
    const all = [];
    for await (const each of images.removed(place)) all.push(each);
    return all;
  };
  const collect = async (deleteUntagged = false) => {
    if (kind === 'docker-registry') {
      await run('docker-registry', [
        'garbage-collect',
        ...(deleteUntagged ? ['--delete-untagged'] : []),
        other?.config ?? '',
      ]);
      return;
    }
    const job = { kind: 'gc', registry: name, deleteUntagged };
    const { body } = await service.send('POST /api/v1/jobs', job, admin, { Prefer: 'wait=60' });
    expect(body.problem).toBe('');
  };
  /** Pushes an index of two platforms, with a signature of it and an attestation in it. */
  const pushAll = async (tag: string): Promise<{ index: RawManifest; amd: RawManifest; signature: RawManifest }> => {
    const amd = await pushImage(registry, repository, undefined, platform(`amd64 ${tag}`, 'amd64'));
    const arm = await pushImage(registry, repository, undefined, platform(`arm64 ${tag}`, 'arm64'));
    const note = await pushImage(registry, repository, undefined, { ...platform(`note ${tag}`, 'unknown') });
    const index = await pushIndex(registry, repository, tag, [
      { manifest: amd, platform: 'linux/amd64' },
      { manifest: arm, platform: 'linux/arm64' },
      { manifest: note, platform: 'unknown/unknown', about: amd.digest },
    ]);
    const signature = await pushImage(registry, repository, `${index.digest.replace(':', '-')}.sig`, {
      layers: [`${repository} signature ${tag}`],
    });
    const details = () =>
      images.image(place, index.digest).then(
        ({ platforms }) => platforms.length,
        () => 0,
      );
    await expect.poll(details).toBe(2);
    await expect.poll(async () => (await list()).length).toBeGreaterThan(1);
    return { index, amd, signature };
  };

  beforeAll(async () => {
    host = `127.0.0.1:${await freePort()}`;
    service = await testService(
      kind === 'embedded'
        ? { registry_listen: host }
        : { registry: false, registries: [{ name: 'prod', host, read_only: false }] },
    );
    if (kind === 'docker-registry') other = await trustingRegistry(service, 'prod', host);
    for (const [account, password] of [bob, carl]) {
      await service.send('POST /api/v1/users', { name: account, password });
    }
    registry = registryAs(host, bob);
    images = connect({ url: service.url, account: { name: bob[0], password: bob[1] } }).images;
  });
  afterAll(async () => {
    await registry.close();
    await other?.stop();
    await service.close();
  });
  beforeEach(() => {
    count += 1;
    repository = `bob/app${count}`;
    place = { registry: name, repository };
  });

  it('an image comes back whole, with its parts, its signature and its tags, after a collection of garbage', async () => {
    const { index, amd, signature } = await pushAll('1');
    const preview = await images.previewRemoval(place, index.digest);
    expect(preview).toMatchObject({ tags: ['1'], parents: [], allowed: true, lastOfRepository: true, kept: [] });
    expect(preview.children).toHaveLength(3);
    expect(preview.referrers.map(({ digest }) => digest)).toEqual([signature.digest]);
    expect(preview.bytes).toBeGreaterThan(0);
    const gone = await images.removeImage(place, index.digest, { withTags: true });
    expect(gone.digests).toHaveLength(5);
    expect(Date.parse(gone.until ?? '')).toBeGreaterThan(Date.now());
    expect(await registry.head(repository, index.digest)).toBeUndefined();
    expect(await registry.head(repository, amd.digest)).toBeUndefined();
    expect(await list()).toEqual([]);
    await collect();
    expect(await removed()).toMatchObject([{ tag: '1', digest: index.digest, by: 'bob', kind: 'image' }]);
    const back = await images.restoreTag(place, '1');
    expect(back).toMatchObject({ digest: index.digest, was: null });
    expect(back.restored).toHaveLength(5);
    expect((await registry.head(repository, '1'))?.digest).toBe(index.digest);
    expect((await registry.head(repository, `${index.digest.replace(':', '-')}.sig`))?.digest).toBe(signature.digest);
    expect(await registry.hasBlob(repository, amd.digest)).toBe(false);
    expect(await list()).toContain(`1 ${index.digest}`);
    expect((await images.history(place, '1'))[0]).toMatchObject({ cause: 'restored', by: 'bob' });
    expect(await removed()).toEqual([]);
  });

  it('a deleted tag comes back, and moves back to what it was before', async () => {
    const first = await pushImage(registry, repository, '1', platform('first', 'amd64'));
    await expect.poll(list).toEqual([`1 ${first.digest}`]);
    const second = await pushImage(registry, repository, '1', platform('second', 'amd64'));
    await expect.poll(list).toEqual([`1 ${second.digest}`]);
    await images.removeTag(place, '1');
    expect(await images.restoreTag(place, '1')).toMatchObject({ digest: second.digest, was: null });
    expect(await images.revertTag(place, '1', first.digest)).toMatchObject({
      digest: first.digest,
      was: second.digest,
    });
    expect((await registry.head(repository, '1'))?.digest).toBe(first.digest);
    expect(await list()).toEqual([`1 ${first.digest}`]);
    const wrong = `sha256:${'0'.repeat(64)}`;
    await expect(images.revertTag(place, '1', wrong)).rejects.toMatchObject({ status: 404 });
    await expect(images.restoreTag(place, '2')).rejects.toMatchObject({ status: 404 });
  });

  it('a tag goes back to an image that was deleted meanwhile', async () => {
    const first = await pushImage(registry, repository, '1', platform('old', 'amd64'));
    await expect.poll(list).toEqual([`1 ${first.digest}`]);
    const second = await pushImage(registry, repository, '1', platform('new', 'amd64'));
    await expect.poll(list).toEqual([`1 ${second.digest}`]);
    await images.removeImage(place, first.digest);
    await collect();
    expect(await images.revertTag(place, '1', first.digest)).toMatchObject({ restored: [first.digest] });
    expect((await registry.head(repository, '1'))?.digest).toBe(first.digest);
  });

  it('one that was deleted for good is gone: nothing half comes back', async () => {
    const { digest } = await pushImage(registry, repository, '1', platform('secret', 'amd64'));
    await expect.poll(list).toEqual([`1 ${digest}`]);
    expect((await images.removeImage(place, digest, { withTags: true, forGood: true })).until).toBeNull();
    expect(await removed()).toEqual([]);
    await expect(images.restoreTag(place, '1')).rejects.toMatchObject({ status: 404 });
  });

  it('where a collection of what has no tag has taken the blobs, the refusal names them; the embedded registry keeps them', async () => {
    const { digest, bytes } = await pushImage(registry, repository, '1', platform('untagged', 'amd64'));
    await expect.poll(list).toEqual([`1 ${digest}`]);
    await images.removeTag(place, '1');
    await collect(true);
    const back = images.restoreTag(place, '1').catch((error: unknown) => error);
    if (kind === 'embedded') {
      expect(await back).toMatchObject({ digest });
      expect(await list()).toEqual([`1 ${digest}`]);
      return;
    }
    const [layer] = JSON.parse(Buffer.from(bytes).toString()).layers;
    const problem = await back;
    expect(problem).toMatchObject({ status: 409, message: expect.stringMatching(/lacks what it needs/) });
    expect((problem as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toContain(layer.digest);
    expect([await list(), await registry.head(repository, '1')]).toEqual([[], undefined]);
    expect(await removed()).toHaveLength(1);
  });

  it('a part that another index needs stays, and so does a repository with another image', async () => {
    const { index, amd } = await pushAll('1');
    const second = await pushIndex(registry, repository, '2', [{ manifest: amd, platform: 'linux/amd64' }]);
    await expect.poll(async () => (await list()).length).toBe(3);
    await expect.poll(async () => (await images.image(place, amd.digest)).partOf.length).toBe(2);
    const preview = await images.previewRemoval(place, index.digest);
    expect(preview.kept).toEqual([{ digest: amd.digest, tags: [], parents: [second.digest] }]);
    expect(preview.lastOfRepository).toBe(false);
    await images.removeImage(place, index.digest, { withTags: true });
    expect((await registry.head(repository, amd.digest))?.digest).toBe(amd.digest);
    expect(await list()).toEqual([`2 ${second.digest}`]);
    expect((await images.restoreImage(place, index.digest)).tags).toEqual(['1']);
    expect(await list()).toHaveLength(3);
  });

  it('a filter deletes just what its preview said, and is refused where that has changed', async () => {
    const tags = ['pr-1', 'pr-2', 'pr-3', 'main'];
    for (const tag of tags)
      await pushImage(registry, repository, tag, platform(tag === 'main' ? 'pr-3' : tag, 'amd64'));
    await expect.poll(async () => (await list()).length).toBe(4);
    const filter = { tags: ['pr-*'] };
    const preview = await images.removeMatching(place, { filter });
    expect(preview).toMatchObject({ dryRun: true, count: 3, images: 2, left: 3 });
    expect(preview.tags.find(({ tag }) => tag === 'pr-3')).toMatchObject({ siblings: ['main'], imageGoes: false });
    expect(await list()).toHaveLength(4);
    await expect(images.removeMatching(place, { filter, dryRun: false })).rejects.toMatchObject({ status: 428 });
    await pushImage(registry, repository, 'pr-4', platform('pr-4', 'amd64'));
    await expect.poll(async () => (await list()).length).toBe(5);
    const stale = { filter, dryRun: false, expected: preview.token };
    await expect(images.removeMatching(place, stale)).rejects.toMatchObject({ status: 412 });
    const { token } = await images.removeMatching(place, { filter });
    const first = await images.removeMatching(place, { filter, dryRun: false, expected: token, limit: 2 });
    expect(first.tags.map(({ outcome }) => outcome)).toEqual(['deleted', 'deleted']);
    expect(first.left).toBe(2);
    const rest = await images.removeMatching(place, { filter, dryRun: false, expected: first.token });
    expect(rest).toMatchObject({ left: 0 });
    const left = await list();
    expect(left.map((each) => each.split(' ')[0])).toEqual(['main']);
    expect(await removed()).toHaveLength(4);
    expect((await images.restoreTag(place, 'pr-1')).restored).toHaveLength(1);
  });

  it('what may not be seen is not there, and coming back takes the right to push', async () => {
    const { digest } = await pushImage(registry, repository, '1', platform('own', 'amd64'));
    await expect.poll(list).toEqual([`1 ${digest}`]);
    await images.removeTag(place, '1');
    const base = `/api/v1/registries/${name}/repositories/${encodeURIComponent(repository)}`;
    const requests = [
      `GET ${base}/removed`,
      `POST ${base}/tags/1/restore`,
      `POST ${base}/images/${digest}/restore`,
      `GET ${base}/images/${digest}/removal`,
    ];
    for (const request of requests) {
      expect((await service.send(request, request.startsWith('POST') ? {} : undefined, carl)).status, request).toBe(
        404,
      );
    }
    const grant = { subject: { kind: 'account', name: 'carl' }, path: repository, role: 'puller' };
    await service.send('POST /api/v1/grants', grant, bob);
    await expect.poll(async () => (await service.send(`POST ${base}/tags/1/restore`, {}, carl)).status).toBe(403);
    expect((await service.send(`GET ${base}/removed`, undefined, carl)).body.items).toHaveLength(1);
  });
});
