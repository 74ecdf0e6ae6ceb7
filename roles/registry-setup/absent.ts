import { command, file, service, type TaskItem } from '../../src/index.js';
import type { RegistryInstance } from './instance/registry-instance.js';
import { absentStorage } from './storage/storage.js';
import { absentTimers } from './timers/timers.js';

/** Returns the tasks that remove a registry. A package stays, with its configuration. */
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

/** Returns the files that only this tool writes: units, and the configurations of several registries. */
function ownFiles({ runtime, only, unit, configPath }: RegistryInstance): readonly string[] {
  const units = `/etc/systemd/system/${unit}.service`;
  if (runtime === 'podman') return [configPath, units, `/etc/containers/systemd/${unit}.container`];
  if (only) return [];
  return [configPath, ...(runtime === 'docker' ? [] : [units])];
}
