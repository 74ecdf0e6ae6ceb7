import { type CountingProxy, type CountingProxyOptions, countingProxy } from '../proxy/counting-proxy.js';
import { type StartedRegistry, startRegistry } from '../proxy/start-registry.js';

export interface Side {
  readonly registry: StartedRegistry;
  readonly proxy: CountingProxy;
}

/** Two registries of Debian's that keep all in memory, each behind a proxy in this process. */
export interface Pair {
  readonly source: Side;
  readonly target: Side;
  close(): Promise<void>;
}

export async function startPair(options: Pick<CountingProxyOptions, 'auth'> = {}): Promise<Pair> {
  const registries = await Promise.all([startRegistry({ memory: true }), startRegistry({ memory: true })]);
  const pair = await behindProxies(registries, options);
  return {
    ...pair,
    async close() {
      await pair.close();
      await Promise.all(registries.map((registry) => registry.close()));
    },
  };
}

/** Puts a proxy before each of two registries that run. Closing the pair leaves them. */
export async function behindProxies(
  registries: readonly [StartedRegistry, StartedRegistry],
  options: Pick<CountingProxyOptions, 'auth'> = {},
): Promise<Pair> {
  const side = async (registry: StartedRegistry): Promise<Side> => ({
    registry,
    proxy: await countingProxy({ ...options, target: registry.url }),
  });
  const [source, target] = await Promise.all([side(registries[0]), side(registries[1])]);
  return {
    source,
    target,
    async close() {
      await Promise.all([source.proxy.close(), target.proxy.close()]);
    },
  };
}
