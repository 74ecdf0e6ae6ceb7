import { type CountingProxy, type CountingProxyOptions, countingProxy } from '../proxy/counting-proxy.js';
import { type StartedRegistry, startRegistry } from '../proxy/start-registry.js';

export interface Side {
  readonly registry: StartedRegistry;
  readonly proxy: CountingProxy;
}

/** Two registries of Debian's, each behind a proxy in this process. */
export interface Pair {
  readonly source: Side;
  readonly target: Side;
  close(): Promise<void>;
}

export async function startPair(options: Pick<CountingProxyOptions, 'auth'> = {}): Promise<Pair> {
  const side = async (): Promise<Side> => {
    const registry = await startRegistry();
    return { registry, proxy: await countingProxy({ ...options, target: registry.url }) };
  };
  const [source, target] = await Promise.all([side(), side()]);
  return {
    source,
    target,
    async close() {
      await Promise.all([source.proxy.close(), target.proxy.close()]);
      await Promise.all([source.registry.close(), target.registry.close()]);
    },
  };
}
