import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { gatewayPackages, type S3, startGateway, stopGateway } from '../../lab/hosts/gateway.js';
import { labAvailability } from './availability.js';

/** The gateway of this run of the tests, without a bucket; nothing where its packages can't be had. */
export type Gateway = Omit<S3, 'bucket'>;

declare module 'vitest' {
  export interface ProvidedContext {
    gateway: Gateway | undefined;
  }
}

/** Before the tests of publishing: Ceph's gateway, once for all of them. It ends with this process, however that ends. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!labAvailability().possible) {
    project.provide('gateway', undefined);
    return undefined;
  }
  await gatewayPackages();
  const folder = await mkdtemp(join(tmpdir(), 'provision-gateway-'));
  const [gateway, monitor] = [await freePort(), await freePort()];
  try {
    const started = await startGateway({
      folder,
      listen: `127.0.0.1:${gateway}`,
      monitor: `127.0.0.1:${monitor}`,
      memory: 4 * 2 ** 30,
      before: ['/usr/bin/setpriv', '--pdeathsig', 'KILL'],
    });
    project.provide('gateway', started);
  } catch (error) {
    await stopGateway(folder);
    throw error;
  }
  return () => stopGateway(folder);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}
