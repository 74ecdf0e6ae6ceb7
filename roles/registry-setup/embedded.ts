import { command, embedded_registry, type RoleContext, service, type TaskItem } from '../../src/index.js';
import { platformOf } from './platform.js';
import type { RegistryVars } from './vars.js';

/** This tool's own registry. */
export function embeddedRegistry({ vars, facts }: RoleContext<RegistryVars>): readonly TaskItem[] {
  const directory =
    vars.registry_storage_directory ??
    (facts.uid === 0 ? '/var/lib/registry' : `${facts.home}/.local/share/provision/images`);
  return [
    embedded_registry({
      title: 'the registry',
      name: vars.registry_container_name,
      state: vars.registry_state,
      directory,
      address: vars.registry_address,
      port: vars.registry_port,
      read_only: vars.registry_read_only,
      delete_enabled: vars.registry_delete_enabled,
      force: vars.registry_force || vars.docker_registry_setup_force,
      remove_images: vars.registry_remove_images,
      ...(vars.registry_home === undefined ? {} : { home: vars.registry_home }),
      ...(vars.registry_htpasswd === undefined ? {} : { htpasswd: vars.registry_htpasswd }),
      ...(vars.registry_tls === undefined ? {} : { tls: vars.registry_tls }),
    }),
  ];
}

/** A registry of the distribution's, stopped. Its configuration and packages stay. */
export function absentRegistry({ vars, facts }: RoleContext<RegistryVars>): readonly TaskItem[] {
  const { service: unit, storageDirectory } = platformOf(vars, facts);
  const name = vars.registry_container_name;
  const stopped =
    vars.registry_runtime === 'docker'
      ? command({
          title: 'the container of the registry is gone',
          cmd: `docker rm -f ${name}`,
          unless: `[ -z "$(docker ps -aq -f name='^${name}$')" ]`,
        })
      : service({ name: unit, state: 'stopped', enabled: false });
  const images = command({
    title: 'its images are gone',
    argv: ['rm', '-rf', '--', `${storageDirectory}/docker`],
    removes: `${storageDirectory}/docker`,
  });
  return [stopped, ...(vars.registry_remove_images ? [images] : [])];
}
