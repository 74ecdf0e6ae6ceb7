import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../src/registry/server/serve.js';
import { freePort } from '../registry/proxy/start-registry.js';
import { pushImage, registryAs } from '../service/pushed-images-kit.js';
import { admin, type TestService, testService } from '../service/service-kit.js';
import { closeBrowser, reader, windows } from './browser-kit.js';

/* Hosts of a registry in a browser: what a replica lacks of its writer, and one that is away. */

let service: TestService;
const servers: RegistryServer[] = [];

beforeAll(async () => {
  const front = `127.0.0.1:${await freePort()}`;
  const hosts = [`127.0.0.2:${await freePort()}`, `127.0.0.3:${await freePort()}`, `127.0.0.4:${await freePort()}`];
  const [writer = '', ...replicas] = hosts;
  service = await testService({
    listen: front,
    registry: false,
    reconcile_every: 86_400,
    registries: [{ name: 'prod', host: front, read_only: false, writer, replicas }],
  });
  const { body } = await service.send('GET /api/v1/token-server', undefined, null);
  const rootcertbundle = join(service.folder, 'bundle.pem');
  await writeFile(rootcertbundle, body.rootcertbundle);
  // The third is away.
  for (const name of hosts.slice(0, 2)) {
    const [host = '', port] = name.split(':');
    const token = { realm: body.realm, issuer: body.issuer, service: 'prod', rootcertbundle };
    servers.push(await serveRegistry({ dir: join(service.folder, host), host, port: Number(port), token }));
  }
  const push = async (host: string, tag: string, text: string) => {
    const registry = registryAs(host, admin);
    await pushImage(registry, 'team/app', tag, { layers: [text], config: {} });
    await registry.close();
  };
  await push(writer, '1', 'one');
  await push(writer, '2', 'two');
  await push(replicas[0] ?? '', '1', 'one');
  await push(replicas[0] ?? '', '2', 'old');
});

afterAll(async () => {
  await closeBrowser();
  for (const server of servers) await server.close(0);
  await service.close();
});

test.each(windows)('what replicas lack is seen: $scheme, $width wide', async (window) => {
  const { page, open, expectWell, picture, close } = await reader(service, window);
  await open('/registries/prod');
  await page.getByRole('button', { name: 'Reconcile now' }).click();
  await page.getByText('were compared').waitFor({ timeout: 60_000 });
  await open('/registries/prod');
  await page.getByRole('heading', { name: 'Hosts of this registry' }).waitFor();
  await page.getByText('1 tag differs').click();
  await page.getByText('other image').first().waitFor();
  await page.getByText('does not answer').first().waitFor();
  const away = page.getByRole('row').filter({ hasText: 'does not answer' });
  expect(await away.getByText('0 missing').count()).toBe(0);
  await expectWell();
  await picture('registry-replicas');
  expect(await page.getByText('writer', { exact: true }).count()).toBe(1);
  await close();
});
