import type { RegistryInstance } from '../instance/registry-instance.js';
import type { SettingError } from './setting-error.js';

/** Returns what cannot be combined with `registry_storage_nfs`. */
export function nfsErrors({ vars, version, runtime, driver }: RegistryInstance): readonly SettingError[] {
  const nfs = vars.registry_storage_nfs;
  if (nfs === undefined) return [];
  const error = (message: string) => [{ path: ['storage_nfs'], message }];
  if (runtime === 'embedded') return error('not supported with registry_runtime: embedded. Mount it with mount_unit');
  if (driver !== 'filesystem')
    return error(`cannot be used with registry_${driver}: a registry has one storage. Remove one of them`);
  if (nfs.path.includes('{version}') && version === undefined) {
    return error(
      `${nfs.path} contains {version}, but registry_version is not set. Set it, or a version for each registry`,
    );
  }
  return [];
}
