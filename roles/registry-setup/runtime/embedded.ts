import { command, embedded_registry, file, type RoleContext, service, type TaskItem } from '../../../src/index.js';
import { accountTasks } from '../accounts/accounts.js';
import type { RegistryInstance } from '../instance/instance.js';
import { absentStorage } from '../storage/storage.js';
import { absentTimers } from '../timers/timers.js';
import { tlsTasks } from '../tls/tls.js';
import type { RegistryVars } from '../vars.js';

/** This tool's own registry. */
export function embeddedRegistry(instance: RegistryInstance, role: RoleContext<RegistryVars>): readonly TaskItem[] {
  const { vars, name, only, tls, htpasswd } = instance;
  const context = { role, when: () => true, installed: [] };
  return [
    // It reads these again when they change.
    ...(instance.state === 'present' ? [...tlsTasks(instance, context), ...accountTasks(instance, context)] : []),
    embedded_registry({
      title: only ? 'the registry' : name,
      name,
      state: instance.state,
      directory: instance.storageDirectory,
      address: instance.address,
      port: instance.port,
      read_only: instance.readOnly,
      delete_enabled: instance.deleteEnabled,
      force: instance.force,
      remove_images: vars.registry_remove_images,
      ...(vars.registry_home === undefined ? {} : { home: vars.registry_home }),
      ...(htpasswd === undefined ? {} : { htpasswd }),
      ...(tls === undefined ? {} : { tls }),
    }),
  ];
}

/** A registry of the distribution's, stopped. What is the package's stays, with its configuration. */
export function absentRegistry(instance: RegistryInstance): readonly TaskItem[] {
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
  const images = command({
    title: only ? 'its images are gone' : `the images of ${instance.name} are gone`,
    argv: ['rm', '-rf', '--', `${storageDirectory}/docker`],
    removes: `${storageDirectory}/docker`,
  });
  return [
    ...absentTimers(instance),
    stopped,
    ...own.map((path) => file({ path, state: 'absent', force: true, backup: false })),
    ...(vars.registry_remove_images ? [images] : []),
    ...absentStorage(instance),
  ];
}

/** What only this tool brings: units, and the configurations of several registries. */
function ownFiles({ runtime, only, unit, configPath }: RegistryInstance): readonly string[] {
  const units = `/etc/systemd/system/${unit}.service`;
  if (runtime === 'podman') return [configPath, units, `/etc/containers/systemd/${unit}.container`];
  if (only) return [];
  return [configPath, ...(runtime === 'docker' ? [] : [units])];
}
