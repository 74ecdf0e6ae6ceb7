import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDigest } from '../../../src/registry/admin/remove-digest.js';
import { removeTag } from '../../../src/registry/admin/remove-tag.js';
import { type OpenedRegistry, openRegistry } from '../../../src/registry/client/open.js';
import { installed } from '../proxy/start-registry.js';
import { amd64, arm64, pushImage, pushIndex } from './push-image.js';
import { type RegistryOfTest, startWith } from './start-with.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
describe.skipIf(!there)('a registry of 2.8.2 that deletes', () => {
  let server: RegistryOfTest;
  let registry: OpenedRegistry;
  beforeAll(async () => {
    server = await startWith();
    registry = openRegistry({ host: server.host });
  });
  afterAll(async () => {
    await registry?.close();
    await server?.close();
  });

  test('a tag goes, its siblings keep their image', async () => {
    const image = await pushImage(registry, 'team/web', ['1.0', '1', 'latest'], { content: 'web' });
    const other = await pushImage(registry, 'team/web', ['0.9'], { content: 'old' });
    const removed = await removeTag(registry, 'team/web', '1');
    expect(removed).toEqual({ repository: 'team/web', tag: '1', digest: image.digest, siblings: ['1.0', 'latest'] });
    expect(await registry.tags('team/web')).toEqual(['0.9', '1.0', 'latest']);
    expect((await registry.head('team/web', 'latest'))?.digest).toBe(image.digest);
    expect((await registry.head('team/web', '0.9'))?.digest).toBe(other.digest);
    expect(registry.capabilities.tagDelete).toBe(false);
  });

  test('the last tag goes, and what an index of another tag leads to stays', async () => {
    const { children } = await pushIndex(
      registry,
      'team/multi',
      ['2.0'],
      [
        { content: 'multi amd64', platform: amd64 },
        { content: 'multi arm64', platform: arm64 },
      ],
    );
    const child = children[0];
    if (child === undefined) throw new Error('no child');
    await registry.putManifest('team/multi', '2.0-amd64', child);
    await removeTag(registry, 'team/multi', '2.0-amd64');
    expect(await registry.tags('team/multi')).toEqual(['2.0']);
    expect((await registry.head('team/multi', child.digest))?.digest).toBe(child.digest);
    await removeTag(registry, 'team/multi', '2.0');
    expect(await registry.tags('team/multi')).toEqual([]);
  });

  test('a tag that is not there', async () => {
    await pushImage(registry, 'team/one', ['a'], { content: 'one' });
    await expect(removeTag(registry, 'team/one', 'b')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(removeTag(registry, 'team/none', 'b')).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('by digest: what would go with it is named, and goes when it is said', async () => {
    const { index, children } = await pushIndex(
      registry,
      'team/pinned',
      ['3.0', '3'],
      [
        { content: 'pinned amd64', platform: amd64 },
        { content: 'pinned arm64', platform: arm64 },
      ],
    );
    const child = children[1];
    if (child === undefined) throw new Error('no child');
    const message = async (digest: typeof index.digest) =>
      removeDigest(registry, 'team/pinned', digest, { force: false }).then(
        () => '',
        (error: Error) => error.message.replace(server.host, 'HOST').replace(digest, 'DIGEST'),
      );
    expect([await message(index.digest), await message(child.digest)]).toMatchInlineSnapshot(`
      [
        "HOST/team/pinned@DIGEST is in use: the tags 3, 3.0 would be deleted with it",
        "HOST/team/pinned@DIGEST is in use: 3, 3.0 would lack a platform",
      ]
    `);
    const removed = await removeDigest(registry, 'team/pinned', index.digest, { force: true });
    expect(removed.tags).toEqual(['3', '3.0']);
    expect(await registry.tags('team/pinned')).toEqual([]);
    expect((await removeDigest(registry, 'team/pinned', child.digest, { force: false })).tags).toEqual([]);
  });
});

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
test.skipIf(!there)('a registry that does not delete says so, and the tag is as it was', async () => {
  const server = await startWith({ deletes: false });
  const registry = openRegistry({ host: server.host });
  try {
    const image = await pushImage(registry, 'team/web', ['1'], { content: 'web' });
    await expect(removeTag(registry, 'team/web', '1')).rejects.toMatchObject({
      kind: 'read-only',
      message: `could not delete the tag ${server.host}/team/web:1: the registry does not delete`,
      hint: expect.stringContaining('REGISTRY_STORAGE_DELETE_ENABLED=true'),
    });
    expect((await registry.head('team/web', '1'))?.digest).toBe(image.digest);
  } finally {
    await registry.close();
    await server.close();
  }
});

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
test.skipIf(!there)('a removal that fails half-way gives the tag back what it named', async () => {
  const server = await startWith();
  const registry = openRegistry({ host: server.host });
  const failing: OpenedRegistry = Object.create(registry, {
    deleteManifest: { value: () => Promise.reject(new Error('cut')) },
  });
  try {
    const image = await pushImage(registry, 'team/web', ['1', '2'], { content: 'web' });
    await expect(removeTag(failing, 'team/web', '1')).rejects.toThrow('cut');
    expect((await registry.head('team/web', '1'))?.digest).toBe(image.digest);
  } finally {
    await registry.close();
    await server.close();
  }
});
