import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestService, testService } from './service-kit.js';

let folder = '';
let service: TestService | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'first-registry-'));
});
afterEach(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('the first registry of a site is made at a port that is free, where the site has a share for each version and no version itself', async () => {
  const site = join(folder, 'site.yaml');
  const play = {
    hosts: 'all',
    vars: { registry_storage_nfs: { server: 'nfs.example.com', path: '/export/registry{version}' } },
    roles: ['registry-setup'],
  };
  writeFileSync(site, JSON.stringify([play]));
  const host = { connection: 'local', root: join(folder, 'web1') };
  writeFileSync(join(folder, 'inventory.yaml'), JSON.stringify({ all: { hosts: { web1: host } } }));
  service = await testService({ site, registry: false });
  const asked = { host: 'web1', version: 31 };
  const wait = { Prefer: 'wait=60' };
  const { body } = await service.send('POST /api/v1/registries?dryRun=true', asked, undefined, wait);
  expect(body).toMatchObject({ kind: 'check', result: 'differs', problem: '' });
  const { items } = (await service.send(`GET /api/v1/jobs/${body.id}/events?limit=1000`)).body;
  const tasks = items.map(({ event }: { event: { task?: string } }) => event.task);
  expect(tasks).toContainEqual(expect.stringMatching(/^is a registry there already: registry5\d\d\d$/));
});
