import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns what cannot be combined with `registry_storage_nfs`. */
export function nfsErrors({ vars, version, runtime, driver }: RegistryInstance): readonly SettingError[] {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return [];
  const error = (message: string) => [{ path: ['storage_nfs'], message }];
  if (runtime === 'embedded') return error('is not for the embedded runtime: mount it with mount_unit');
  if (driver !== 'filesystem') return error(`a registry has one storage: not registry_${driver} as well`);
  if (nfs.path.includes('{version}') && version === undefined) {
    return error(
      `${nfs.path} has {version} in it, but a registry has none: give registry_version, or each its version`,
    );
  }
  return [];
}
