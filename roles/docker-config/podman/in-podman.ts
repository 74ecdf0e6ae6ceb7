import type { z } from 'zod';
import { InputError, packages, type TaskItem } from '../../../src/index.js';
import { certificates } from '../certificates.js';
import { credentialTasks } from '../credentials.js';
import { proofOf } from '../proof.js';
import { read_first } from '../read-first.js';
import type { vars as schema } from '../vars.js';
import { registryTasks } from './registries.js';

type Vars = z.output<typeof schema>;

/**
 * Podman and its kin instead of docker, as the Red Hat family has it from 8 on: registries go where podman reads them.
 *
 * @throws InputError for settings that only a dockerd has
 */
export function podmanTasks(vars: Vars): TaskItem[] {
  const errors = errorsIn(vars);
  if (errors.length > 0) throw new InputError(errors.map((message) => ({ code: 'role-variables', message })));
  const names = vars.docker_packages ?? ['podman'];
  const installs = vars.docker_install && names.length > 0;
  const proof = proofOf('podman', vars.docker_proof_image, {
    needs: installs ? names.map((name) => `package:${name}` as const) : [],
  });
  const how = { force: vars.docker_config_force, force_variable: 'docker_config_force', ...proof.again };
  return [
    ...(installs ? [packages({ name: names })] : []),
    ...registryTasks(registriesOf(vars), { folder: '/etc/containers', ...how }),
    ...certificates(vars.docker_ca_certificates, { folder: '/etc/docker/certs.d', ...how }),
    ...credentialTasks(vars.docker_auths, {
      folder: '/root/.docker',
      name: 'config.json',
      read_before: ['/run/containers/0/auth.json', '/root/.config/containers/auth.json'],
      ...how,
    }),
    ...(vars.docker_ca_certificates.length === 0
      ? []
      : [
          read_first({
            title: 'no certificates that podman reads first',
            client: 'podman',
            paths: vars.docker_ca_certificates.map(({ registry }) => ({
              path: `/etc/containers/certs.d/${registry}`,
              hides: `/etc/docker/certs.d/${registry}`,
            })),
          }),
        ]),
    ...proof.tasks,
  ];
}

function registriesOf(vars: Vars) {
  const mirrors = vars.docker_registry_mirrors.map((url) => ({
    registry: withoutScheme(url).replace(/\/$/, ''),
    ...(/^http:/i.test(url) ? { insecure: true } : {}),
  }));
  const insecure = vars.docker_insecure_registries.map(withoutScheme);
  const named = [...new Set([...insecure, ...vars.docker_block_registries])];
  return {
    registries: [
      ...named.map((registry) => ({
        registry,
        ...(insecure.includes(registry) ? { insecure: true } : {}),
        ...(vars.docker_block_registries.includes(registry) ? { blocked: true } : {}),
        mirrors: registry === 'docker.io' ? mirrors : [],
      })),
      ...(mirrors.length > 0 && !named.includes('docker.io') ? [{ registry: 'docker.io', mirrors }] : []),
    ],
    search: vars.docker_add_registries.length > 0 ? vars.docker_add_registries : undefined,
  };
}

/** dockerd ignores the scheme of an insecure registry; podman would refuse its whole configuration for it. */
function withoutScheme(registry: string): string {
  return registry.replace(/^https?:\/\//i, '');
}

function errorsIn(vars: Vars): string[] {
  const given = {
    docker_options: vars.docker_options.length > 0,
    docker_log_driver: vars.docker_log_driver !== undefined,
    docker_log_options: Object.keys(vars.docker_log_options).length > 0,
    docker_live_restore: vars.docker_live_restore !== undefined,
    docker_proxies: vars.docker_proxies !== undefined,
    docker_daemon_options: Object.keys(vars.docker_daemon_options).length > 0,
    docker_insecure_registries_exclusive: vars.docker_insecure_registries_exclusive,
    docker_registry_mirrors_exclusive: vars.docker_registry_mirrors_exclusive,
  };
  const network = vars.docker_insecure_registries.find((name) => /\/\d+$/.test(name));
  return [
    ...Object.entries(given).flatMap(([name, is]) =>
      is ? [`${name} is an option of dockerd: not supported with docker_config_style: registries-conf. Remove it`] : [],
    ),
    ...(network === undefined
      ? []
      : [`docker_insecure_registries: podman supports names, not networks. Remove ${network}`]),
  ];
}
