import { posix } from 'node:path';
import { command, directory, type Facts, file, service, type TaskItem } from '../../src/index.js';
import { proxyPasswordFile } from './accounts/embedded-proxy.js';
import { proxyAuthorityFile, serviceAuthorityFile } from './instance/instance.js';
import { ownFolder } from './instance/own-folder.js';
import type { RegistryInstance } from './instance/registry-instance.js';
import { tokenAuthorityFile } from './instance/token-server.js';
import { registry_remains } from './remains.js';
import { proxyDropIn } from './runtime/proxy-authority.js';
import { absentStorage } from './storage/storage.js';
import { absentTimers, timerPrograms } from './timers/timers.js';

/** Returns the tasks that remove a registry. A package stays, with its configuration. */
export function absentRegistry(instance: RegistryInstance, context: AbsentContext): readonly TaskItem[] {
  const { runtime, unit, container, only, storageDirectory, vars } = instance;
  const stopped =
    runtime === 'docker'
      ? command({
          title: `the container ${only ? 'of the registry' : container} is gone`,
          cmd: `docker rm -f ${container}`,
          unless: `[ -z "$(docker ps -aq -f name='^${container}$')" ]`,
        })
      : service({ name: unit, state: 'stopped', enabled: false });
  const own = ownFiles(instance);
  const images = directory({
    title: only ? 'its images are gone' : `the images of ${instance.name} are gone`,
    path: `${storageDirectory}/docker`,
    state: 'absent',
    recurse: true,
    force: true,
  });
  return [
    ...absentTimers(instance),
    stopped,
    ...own.map((path) => file({ path, state: 'absent', force: true, backup: false })),
    ...(vars.registry_remove_images ? [images] : []),
    ...absentStorage(instance),
    absentSecrets(instance, context),
  ];
}

/** Facts that decide where a registry's own files are. */
export interface AbsentContext {
  readonly facts: Facts;
  readonly inventoryHostname: string;
}

/**
 * Returns the task that removes what the role brought the registry: its key and certificate, its accounts, and their
 * backups. Files that the site gives by a path of the host are not the role's, and stay.
 */
export function absentSecrets(instance: RegistryInstance, { facts, inventoryHostname }: AbsentContext): TaskItem {
  const { name, only, vars, port, configPath, runtime, storageDirectory, driver } = instance;
  const folder = ownFolder(vars, facts);
  const names = typeof vars.registry_tls === 'object' && 'names' in vars.registry_tls ? vars.registry_tls.names : [];
  const trusted = facts.uid === 0 && hasOwnAuthority(instance);
  const units = [
    `/etc/systemd/system/provision-registry-${name}.service`,
    `/etc/containers/systemd/provision-registry-${name}.container`,
  ];
  return registry_remains({
    title: only ? 'no secret of the registry is left' : `no secret of ${name} is left`,
    name,
    files: [
      ...['key', 'crt'].map((type) => posix.join(folder, 'tls', `${name}.${type}`)),
      proxyAuthorityFile(folder, name),
      serviceAuthorityFile(folder, name),
      tokenAuthorityFile(folder, name),
      ...(runtime === 'package' && only ? [proxyDropIn(instance.unit)] : []),
      ...(runtime === 'embedded' ? [posix.join(folder, `${name}.access.json`), proxyPasswordFile(folder, name)] : []),
      ...(vars.registry_htpasswd === undefined ? [posix.join(folder, `${name}.htpasswd`)] : []),
      // A package keeps its configuration.
      ...(only && runtime === 'package' ? [] : [configPath]),
      ...(runtime === 'docker' || runtime === 'embedded' ? [] : units),
    ].filter((path) => path !== ''),
    trust: trusted
      ? [...new Set(['localhost', inventoryHostname, ...(names ?? [])])].map(
          (each) => `/etc/docker/certs.d/${each}:${port}`,
        )
      : [],
    stays: [
      ...timerPrograms,
      ...(driver === 'filesystem' ? [posix.join(storageDirectory, 'docker')] : []),
      ...(only && runtime === 'package' ? [configPath] : []),
      ...(vars.registry_backup_directory === undefined ? [] : [vars.registry_backup_directory]),
    ],
    ...(runtime === 'docker' ? { image: vars.registry_image } : {}),
  });
}

function hasOwnAuthority({ vars: { registry_tls: tls } }: RegistryInstance): boolean {
  return tls === 'own-ca' || (typeof tls === 'object' && 'ca' in tls);
}

/** Returns the files that only this tool writes: units, and the configurations of several registries. */
function ownFiles({ runtime, only, unit, configPath }: RegistryInstance): readonly string[] {
  const units = `/etc/systemd/system/${unit}.service`;
  if (runtime === 'podman') return [configPath, units, `/etc/containers/systemd/${unit}.container`];
  if (only) return [];
  return [configPath, ...(runtime === 'docker' ? [] : [units])];
}
