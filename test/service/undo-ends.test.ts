import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isDigest } from '../../src/registry/digest.js';
import { openDatabase } from '../../src/service/store/open-database.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { pushImage, registryAs } from './pushed-images-kit.js';
import { admin, testService } from './service-kit.js';

it('when the time to undo is over, blobs are held no longer; details of what an older program read come with the next look', async () => {
  const state = await mkdtemp(join(tmpdir(), 'provision-undo-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = { state, registry_listen: host };
  const base = '/api/v1/registries/local/repositories/team%2Fapp';
  const registry = registryAs(host, admin);
  let service = await testService(config);
  const change = async (work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>) => {
    const database = await openDatabase(join(state, 'service.db'));
    await work(database);
    await database.close();
  };
  try {
    const made = { os: 'linux', architecture: 'amd64', config: { User: 'web' } };
    const { digest } = await pushImage(registry, 'team/app', '1', { layers: ['gone'], config: made });
    const stays = await pushImage(registry, 'team/app', '2', { layers: ['stays'], config: made });
    const user = async () => (await service.send(`GET ${base}/images/${stays.digest}`)).body.config?.user;
    await expect.poll(user).toBe('web');
    expect((await service.send(`DELETE ${base}/images/${digest}?withTags=true`)).status).toBe(200);
    await service.close();
    let holder = '';
    await change(async ({ db }) => {
      holder = (await db.selectFrom('removals').select('holder').executeTakeFirstOrThrow()).holder ?? '';
      await db.updateTable('removals').set({ until: 1 }).execute();
      await db.deleteFrom('image_configs').execute();
      await db.updateTable('manifests').set({ is_detailed: 0 }).execute();
    });
    if (!isDigest(holder)) expect.fail('nothing holds the blobs');
    const held = holder;
    service = await testService(config, false);
    await expect.poll(async () => await registry.head('team/app', held)).toBeUndefined();
    await expect.poll(user).toBe('web');
    expect((await service.send(`GET ${base}/removed`)).body.items).toEqual([]);
    expect((await service.send(`POST ${base}/tags/1/restore`)).status).toBe(404);
    expect(service.log.filter((line) => line.includes('error')).join('')).toBe('');
  } finally {
    await registry.close();
    await service.close();
    await rm(state, { recursive: true, force: true });
  }
});
