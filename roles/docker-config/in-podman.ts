import type { z } from 'zod';
import { directory, InputError, packages, registries_conf, type TaskItem } from '../../src/index.js';
import { certificates } from './certificates.js';
import type { vars as schema } from './vars.js';

type Vars = z.output<typeof schema>;

/**
 * Podman and its kin instead of docker: registries in a file of our own beside the main one. No daemon has to take them over.
 *
 * @throws InputError for settings that only a dockerd has
 */
export function podmanTasks(vars: Vars): TaskItem[] {
  const mistakes = mistakesIn(vars);
  if (mistakes.length > 0) throw new InputError(mistakes.map((message) => ({ code: 'role-variables', message })));
  const names = vars.docker_packages ?? ['podman'];
  const folder = '/etc/containers/registries.conf.d';
  const asked = vars.docker_insecure_registries.length + vars.docker_registry_mirrors.length > 0;
  return [
    ...(vars.docker_install && names.length > 0 ? [packages({ name: names })] : []),
    ...(asked
      ? [
          directory({ path: folder }),
          registries_conf({
            path: `${folder}/provision.conf`,
            insecure: vars.docker_insecure_registries,
            mirrors: vars.docker_registry_mirrors.map((url) => ({
              of: 'docker.io',
              location: url.replace(/^https?:\/\//, '').replace(/\/+$/, ''),
              insecure: url.startsWith('http://'),
            })),
            mode: '0644',
            force: vars.docker_config_force,
            force_variable: 'docker_config_force',
          }),
        ]
      : []),
    ...certificates(vars),
  ];
}

function mistakesIn(vars: Vars): string[] {
  const given = {
    docker_add_registries: vars.docker_add_registries.length > 0,
    docker_block_registries: vars.docker_block_registries.length > 0,
    docker_options: vars.docker_options.length > 0,
    docker_log_driver: vars.docker_log_driver !== undefined,
    docker_log_options: Object.keys(vars.docker_log_options).length > 0,
    docker_live_restore: vars.docker_live_restore !== undefined,
    docker_proxies: vars.docker_proxies !== undefined,
  };
  const network = vars.docker_insecure_registries.find((name) => /\/\d+$/.test(name));
  return [
    ...Object.entries(given).flatMap(([name, is]) =>
      is ? [`${name} is a setting of dockerd; with docker_config_style: registries-conf there is none`] : [],
    ),
    ...(network === undefined ? [] : [`docker_insecure_registries: podman knows no networks, only names: ${network}`]),
  ];
}
