import { posix } from 'node:path';
import { ca_certificate, directory, file, type TaskItem } from '../../../src/index.js';
import type { InstanceContext, RegistryInstance } from '../instance/registry-instance.js';
import { serviceAuthority } from '../instance/token-server.js';

/** Folder of the authorities in a container. */
export const proxyFolder = '/etc/provision/proxy-ca';

/** Returns the folder of the authorities that a registry trusts beside those of the system; undefined: there are none. */
export function authoritiesFolder({ proxyCa, serviceCa }: RegistryInstance): string | undefined {
  const path = proxyCa ?? serviceCa;
  return path === undefined ? undefined : posix.dirname(path);
}

/**
 * Returns the tasks that bring the authorities that a registry trusts: of the registry that a pull-through cache fetches
 * from, and of the service that is notified.
 */
export function proxyAuthorityTasks(
  instance: RegistryInstance,
  { when, restart, installed }: InstanceContext,
): readonly TaskItem[] {
  const { proxyCa, serviceCa, vars, force, runtime, only, unit } = instance;
  const folder = authoritiesFolder(instance);
  if (folder === undefined) return [];
  const how = { when, needs: [...installed], force, force_variable: 'registry_force', notify: restart };
  const dropIn = proxyDropIn(unit);
  const bring = (path: string | undefined, ca: ReturnType<typeof serviceAuthority>) => {
    if (path === undefined || ca === undefined) return [];
    return [ca === 'own-ca' ? ca_certificate({ path, ...how }) : file({ path, ...ca, mode: '0644', ...how })];
  };
  return [
    ...[posix.dirname(folder), folder].map((path) => directory({ when, path, mode: '0755', needs: [...installed] })),
    ...bring(proxyCa, vars.registry_proxy?.ca),
    ...bring(serviceCa, serviceAuthority(vars)),
    // The package's own unit is not ours.
    ...(runtime === 'package' && only
      ? [
          directory({ when, path: posix.dirname(dropIn) }),
          file({ path: dropIn, content: `[Service]\nEnvironment=${variable(folder)}\n`, ...how }),
        ]
      : []),
  ];
}

/** Returns the drop-in by which a package's own unit reads the authorities. */
export function proxyDropIn(unit: string): string {
  return `/etc/systemd/system/${unit}.service.d/proxy-ca.conf`;
}

/**
 * Returns the variable by which Go's programs read authorities from a folder (crypto/x509); they still read the
 * system's own list, which is a file.
 */
export function authorityVariables(instance: RegistryInstance): string[] {
  const folder = authoritiesFolder(instance);
  return folder === undefined ? [] : [variable(instance.runtime === 'package' ? folder : proxyFolder)];
}

function variable(folder: string): string {
  return `SSL_CERT_DIR=${folder}`;
}
