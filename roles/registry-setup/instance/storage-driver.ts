import type { InstanceSettings } from '../vars/instance.js';

/** Storage driver of the registry: a folder of the host, or a store that needs none. */
export type StorageDriver = 'filesystem' | 's3' | 'swift' | 'inmemory';

/** Returns the driver that the settings choose; `filesystem` by default. */
export function storageDriver(vars: InstanceSettings): StorageDriver {
  if (vars.registry_s3 !== undefined) return 's3';
  if (vars.registry_swift !== undefined) return 'swift';
  return vars.registry_inmemory ? 'inmemory' : 'filesystem';
}
