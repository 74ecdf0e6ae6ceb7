import { posix } from 'node:path';
import { ca_certificate, directory, file, type TaskItem } from '../../../src/index.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';

/** Folder of the authority in a container. */
export const proxyFolder = '/etc/provision/proxy-ca';

/** Returns the tasks that bring the authority of the registry that a pull-through cache fetches from. */
export function proxyAuthorityTasks(
  { proxyCa: path, vars, force, runtime, only, unit }: RegistryInstance,
  { when, restart, installed }: InstanceContext,
): readonly TaskItem[] {
  const ca = vars.registry_proxy?.ca;
  if (path === undefined || ca === undefined) return [];
  const how = { when, needs: [...installed], force, force_variable: 'registry_force', notify: restart };
  const dropIn = proxyDropIn(unit);
  return [
    ...[posix.dirname(posix.dirname(path)), posix.dirname(path)].map((path) =>
      directory({ when, path, mode: '0755', needs: [...installed] }),
    ),
    ca === 'own-ca' ? ca_certificate({ path, ...how }) : file({ path, ...ca, mode: '0644', ...how }),
    // The package's own unit is not ours.
    ...(runtime === 'package' && only
      ? [
          directory({ when, path: posix.dirname(dropIn) }),
          file({ path: dropIn, content: `[Service]\nEnvironment=${variable(posix.dirname(path))}\n`, ...how }),
        ]
      : []),
  ];
}

/** Returns the drop-in by which a package's own unit reads the authority. */
export function proxyDropIn(unit: string): string {
  return `/etc/systemd/system/${unit}.service.d/proxy-ca.conf`;
}

/**
 * Returns the variable by which Go's programs read authorities from a folder (crypto/x509); they still read the
 * system's own list, which is a file.
 */
export function authorityVariables({ proxyCa, runtime }: RegistryInstance): string[] {
  if (proxyCa === undefined) return [];
  return [variable(runtime === 'package' ? posix.dirname(proxyCa) : proxyFolder)];
}

function variable(folder: string): string {
  return `SSL_CERT_DIR=${folder}`;
}
