import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ourList, skopeoList } from '../test/registry/images/list-files.js';
import type { ImageSet } from '../test/registry/proxy/image-set.js';
import { type ProxyProcess, proxyProcess } from '../test/registry/proxy/proxy-process.js';
import { type StartedRegistry, startRegistry } from '../test/registry/proxy/start-registry.js';

/** Two registries, a counting proxy that wants tokens in front of each, and a list of all of a set in both tools' words. */
export interface Stage {
  readonly folder: string;
  readonly source: { readonly registry: StartedRegistry; readonly proxy: ProxyProcess };
  readonly target: { readonly registry: StartedRegistry; readonly proxy: ProxyProcess };
  readonly ourList: string;
  readonly skopeoList: string;
  close(): Promise<void>;
}

export async function stageFor(set: ImageSet): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-bench-'));
  const side = async (service: string) => {
    const registry = await startRegistry();
    return { registry, proxy: await proxyProcess({ target: registry.url, auth: { service } }) };
  };
  const [source, target] = await Promise.all([side('source'), side('target')]);
  const stage = { folder, source, target, ourList: join(folder, 'ours.yaml'), skopeoList: join(folder, 'skopeo.yaml') };
  await writeFile(stage.ourList, ourList(set));
  await writeFile(stage.skopeoList, skopeoList(set, source.proxy.host));
  return {
    ...stage,
    async close() {
      await Promise.all([source, target].map(({ proxy }) => proxy.close()));
      await Promise.all([source, target].map(({ registry }) => registry.close()));
      await rm(folder, { recursive: true });
    },
  };
}
