import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerRegistry } from '../registry/docker-registry.js';
import type { TestService } from './service-kit.js';

/** Starts docker-registry 2.8 at an address, which trusts the service's tokens as its registry of this name, and notifies it. */
export async function trustingRegistry(service: TestService, name: string, host: string) {
  const { realm, issuer, rootcertbundle: pem } = (await service.send('GET /api/v1/token-server')).body;
  const rootcertbundle = join(service.folder, 'bundle.pem');
  await writeFile(rootcertbundle, pem);
  const notifications = (await service.send(`GET /api/v1/registries/${name}/notification-settings`)).body;
  const token = { realm, issuer, service: name, rootcertbundle };
  return await dockerRegistry(join(service.folder, 'distribution'), { host, token, notifications });
}
