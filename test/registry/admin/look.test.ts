import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContentReader } from '../../../src/registry/admin/content-reader.js';
import { inspectImage, inspectTags } from '../../../src/registry/admin/inspect-image.js';
import { searchRegistry } from '../../../src/registry/admin/search.js';
import { tagImage } from '../../../src/registry/admin/tag-image.js';
import { type OpenedRegistry, openRegistry } from '../../../src/registry/client/open.js';
import { installed } from '../proxy/start-registry.js';
import { amd64, arm64, pushImage, pushIndex } from './push-image.js';
import { type RegistryOfTest, startWith } from './start-with.js';

const there = installed('docker-registry');
if (!there) console.log('left out: docker-registry is not installed');

// Needs Debian's docker-registry; where all is required, that it lacks is an error.
describe.skipIf(!there)('looking', () => {
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
  const requests = async (work: () => Promise<unknown>) => {
    const before = registry.traffic.requests;
    await work();
    return registry.traffic.requests - before;
  };

  test('an image: size, date, platform in two requests', async () => {
    const created = '2026-03-04T05:06:07.000Z';
    const raw = await pushImage(registry, 'look/one', ['1', 'latest'], { created, content: 'x'.repeat(1000) });
    const reader = new ContentReader(registry);
    const image = await inspectImage(registry, 'look/one', '1', reader);
    const config = image.size - 1000;
    expect(config).toBeGreaterThan(50);
    expect(image).toMatchObject({
      digest: raw.digest,
      created,
      platforms: [{ platform: 'linux/amd64', digest: raw.digest, size: config + 1000, layers: 1, created }],
    });
    expect(await requests(() => inspectImage(registry, 'look/one', '1', new ContentReader(registry)))).toBe(2);
    expect(await requests(() => inspectImage(registry, 'look/one', 'latest', reader))).toBe(1);
    expect(await requests(() => inspectTags(registry, 'look/one', ['1', 'latest'], new ContentReader(registry)))).toBe(
      4,
    );
  });

  test('an index: 1 + 2 for each platform; shared layers count once; the newest date', async () => {
    await pushIndex(
      registry,
      'look/multi',
      ['1'],
      [
        { created: '2026-01-01T00:00:00Z', content: 'y'.repeat(500), platform: amd64 },
        { created: '2026-01-02T00:00:00Z', content: 'y'.repeat(500), platform: arm64 },
      ],
    );
    const read = () => inspectImage(registry, 'look/multi', '1', new ContentReader(registry));
    const image = await read();
    expect(image.created).toBe('2026-01-02T00:00:00.000Z');
    expect(image.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64/v8']);
    const [one, other] = image.platforms;
    expect(image.size).toBe((one?.size ?? 0) + (other?.size ?? 0) - 500);
    expect(await requests(read)).toBe(5);
  });

  test('what is not there', async () => {
    const reader = new ContentReader(registry);
    await expect(inspectImage(registry, 'look/one', '2', reader)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(inspectImage(registry, 'look/none', '2', reader)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('search: part of a name, pages as the older service had them', async () => {
    for (const name of ['s/alpha', 's/beta', 's/betamax', 's/gamma', 's/alphabeta']) {
      await pushImage(registry, name, ['1'], { content: 'same' });
    }
    expect(await searchRegistry(registry, { q: 'BETA', n: 2 })).toEqual({
      query: 'BETA',
      num_results: 3,
      page: 1,
      page_size: 2,
      num_pages: 2,
      results: [
        { name: 's/alphabeta', description: '' },
        { name: 's/beta', description: '' },
      ],
    });
    const second = await searchRegistry(registry, { q: 'beta', n: 2, page: 2 });
    expect(second.results).toEqual([{ name: 's/betamax', description: '' }]);
    expect((await searchRegistry(registry, { q: 'beta', n: 2, page: 3 })).results).toEqual([]);
    expect(await searchRegistry(registry, { q: 'nothing' })).toMatchObject({
      num_results: 0,
      num_pages: 0,
      page_size: 25,
    });
  });

  test('another tag: the same digest, and nothing written when it is so already', async () => {
    const { index } = await pushIndex(registry, 'look/tagged', ['1'], [{ content: 'tagged', platform: amd64 }]);
    expect(await tagImage(registry, 'look/tagged', '1', 'stable')).toEqual({
      repository: 'look/tagged',
      tag: 'stable',
      digest: index.digest,
      before: undefined,
    });
    expect((await registry.head('look/tagged', 'stable'))?.digest).toBe(index.digest);
    expect(await requests(() => tagImage(registry, 'look/tagged', '1', 'stable'))).toBe(2);
  });
});
