import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRegistry } from '../../../src/registry/client/open.js';
import { Journal } from '../../../src/registry/copy/journal.js';
import { type SyncOptions, syncImages } from '../../../src/registry/copy/sync-images.js';
import type { Digest } from '../../../src/registry/digest.js';
import { tagOf } from '../../kit/lists/tag-of.js';
import { type DockerRegistry, dockerRegistry } from '../docker-registry.js';
import { ImageSetMaker } from '../proxy/image-set.js';
import { populate } from '../proxy/populate.js';
import { installed } from '../proxy/start-registry.js';

const wanted = ['team/a', 'team/b'].map((repository) => tagOf(repository, '1'));

/** A target that remembers where blobs are, and so says of lost ones that they are there. */
describe.skipIf(!installed('docker-registry'))('a layer that is gone from the disk', { timeout: 120_000 }, () => {
  let folder: string;
  let registries: DockerRegistry[];
  let shared: Digest;

  const layerFile = (digest: Digest) => {
    const hex = digest.slice('sha256:'.length);
    return join(folder, 'target/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  };
  const sync = async (options: Partial<SyncOptions> = {}) => {
    const [source, target] = registries.map(({ host }) => openRegistry({ host }));
    if (source === undefined || target === undefined) throw new Error('two registries were started');
    try {
      const [outcome] = await syncImages({ wanted, sourceOf: () => source, targets: [target], ...options });
      return outcome;
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-lost-'));
    registries = await Promise.all([
      dockerRegistry(join(folder, 'source')),
      dockerRegistry(join(folder, 'target'), { descriptorCache: true }),
    ]);
    const set = new ImageSetMaker();
    const layer = set.layer('shared', 5000);
    shared = layer.digest;
    for (const [repository, seed] of [
      ['team/a', 'a'],
      ['team/b', 'b'],
    ] as const)
      set.tag(repository, '1', set.image(repository, [layer, set.layer(seed, 3000)], { seed }));
    await populate(registries[0]?.url ?? '', set);
    await sync();
  });
  afterEach(async () => {
    await Promise.all(registries.map((registry) => registry.stop()));
    await rm(folder, { recursive: true });
  });

  it.each(['present', 'deep'] as const)('is found by %s, told with its digest, and sent again', async (verify) => {
    await rm(layerFile(shared));
    const check = await sync({ verify, check: true });
    expect(check?.report.images.map(({ planned }) => planned)).toEqual(['updated', 'updated']);
    const outcome = await sync({ verify });
    expect(outcome?.report.totals).toMatchObject({ updated: 2, failed: 0 });
    expect(outcome?.plan.notices[0]).toMatch(
      new RegExp(`^team/a:1 is sent again: 127.0.0.1:\\d+/team/a does not have blob ${shared}$`),
    );
    expect(outcome?.plan.totals.uploads).toBe(1);
    expect((await sync({ verify: 'deep' }))?.report.totals).toMatchObject({ unchanged: 2 });
  });

  it('of an image whose verification failed is found by the next run, which took its tag for good', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = new Journal(path);
    journal.recordUnverified('team/a', '1');
    journal.close(false);
    await rm(layerFile(shared));
    const journalOf = () => path;
    const check = await sync({ check: true, journalOf });
    expect(check?.report.images.map(({ planned }) => planned)).toEqual(['updated', undefined]);
    expect((await sync({ journalOf }))?.report.totals).toMatchObject({ updated: 1, unchanged: 1, failed: 0 });
    expect((await sync({ verify: 'deep' }))?.report.totals).toMatchObject({ unchanged: 2 });
    expect((await sync({ journalOf }))?.report.totals).toMatchObject({ unchanged: 2, requestsToVerify: 0 });
  });

  it('is found by a repair that nobody told of it, as are links that are lost, and all is written again', async () => {
    await rm(layerFile(shared));
    const check = await sync({ repair: true, check: true });
    expect(check?.report.images.map(({ planned }) => planned)).toEqual(['updated', 'updated']);
    const outcome = await sync({ repair: true });
    expect(outcome?.report.totals).toMatchObject({ updated: 2, failed: 0 });
    expect(outcome?.plan.totals).toMatchObject({ uploads: 1, manifests: 2 });
    expect((await sync({ verify: 'deep' }))?.report.totals).toMatchObject({ unchanged: 2 });
    expect((await sync({ repair: true }))?.plan.totals).toMatchObject({ uploads: 0, manifests: 2 });
  });

  it('costs nothing where only what is copied is verified', async () => {
    await rm(layerFile(shared));
    expect((await sync())?.report.totals).toMatchObject({ unchanged: 2, requestsToVerify: 0 });
  });

  it('with other bytes, which docker-registry does not replace, is a failure with the reason', async () => {
    await writeFile(layerFile(shared), Buffer.alloc((await stat(layerFile(shared))).size, 7));
    const ended: string[] = [];
    const outcome = await sync({
      verify: 'deep',
      events: { ended: (_, { name, state }) => void ended.push(`${name} ${state}`) },
    });
    expect(outcome?.report.totals.failed).toBe(2);
    const [first] = outcome?.report.images ?? [];
    expect(first?.error?.message).toContain(shared);
    expect(first?.error).toMatchObject({ kind: 'corrupt', hint: expect.stringContaining('remove the damaged file') });
    expect(ended).toContain('team/a:1 failed');
  });
});
