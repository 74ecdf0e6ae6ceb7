import {
  defineRole,
  directory,
  docker_daemon,
  docker_options,
  docker_sysconfig,
  type Facts,
  InputError,
  json_file,
  packages,
  service,
  type TaskItem,
  template,
} from '../../src/index.js';
import { certificates } from './certificates.js';
import { credentialTasks } from './credentials.js';
import { podmanTasks } from './podman/in-podman.js';
import { proofOf } from './proof.js';
import { vars } from './vars.js';
import { proxyVariables, wantedFlags, wantedKeys } from './wanted-options.js';

const config = '/etc/docker/daemon.json';
const sysconfig = '/etc/sysconfig/docker';

export default defineRole({
  name: 'docker-config',
  summary: 'Configure docker, and check that its daemon runs with the configuration',
  vars,
  tasks: ({ vars, facts }) => {
    const redHat = facts.os_family === 'redhat';
    const style = vars.docker_config_style === 'auto' ? styleOf(facts) : vars.docker_config_style;
    if (style === 'registries-conf') return podmanTasks(vars);
    refuseWhatCannotBe(vars, style, redHat);

    const names = vars.docker_packages ?? [redHat ? 'docker' : 'docker.io'];
    const installs = vars.docker_install && names.length > 0;
    const installed = installs ? names.map((name) => `package:${name}` as const) : [];
    const proof = proofOf('docker', vars.docker_proof_image, { needs: installed });
    const force = { force: vars.docker_config_force, force_variable: 'docker_config_force', ...proof.again };

    const keys = style === 'daemon-json' ? wantedKeys(vars) : {};
    const flags = style === 'sysconfig' ? wantedFlags(vars) : [];
    const proxies = proxyVariables(vars);
    const dropIns = `/etc/systemd/system/${vars.docker_service}.service.d`;
    const needsDropIn = flags.length > 0 && !redHat;
    const drops = [
      ...(needsDropIn ? ([`path:${dropIns}/sysconfig.conf`] as const) : []),
      ...(proxies.length > 0 ? ([`path:${dropIns}/http-proxy.conf`] as const) : []),
    ];
    const asked = {
      service: vars.docker_service,
      config,
      keys: Object.keys(keys),
      ...(flags.length > 0 ? { sysconfig, flags: [...new Set(flags.map(({ name }) => name))] } : {}),
    };

    return [
      ...(installs ? [packages({ name: names })] : []),
      ...(asked.keys.length + flags.length > 0
        ? [docker_options({ title: 'no option in two places', ...asked, needs: installed })]
        : []),
      ...(asked.keys.length > 0
        ? [
            directory({ path: '/etc/docker', needs: installed }),
            json_file({ path: config, merge: keys, mode: '0644', ...force, needs: installed }),
          ]
        : []),
      ...(flags.length > 0
        ? [
            directory({ path: '/etc/sysconfig' }),
            docker_sysconfig({
              path: sysconfig,
              flags,
              satisfied_by: vars.docker_config_satisfied_by,
              mode: '0644',
              ...force,
              // Only there the package brings the file.
              needs: redHat ? installed : [],
            }),
          ]
        : []),
      ...(drops.length > 0 ? [directory({ path: dropIns })] : []),
      ...(needsDropIn
        ? [
            template({
              src: 'etc/systemd/system/docker.service.d/sysconfig.conf.hbs',
              dest: `${dropIns}/sysconfig.conf`,
              data: { sysconfig },
              mode: '0644',
              ...force,
            }),
          ]
        : []),
      ...(proxies.length > 0
        ? [
            template({
              src: 'etc/systemd/system/docker.service.d/http-proxy.conf.hbs',
              dest: `${dropIns}/http-proxy.conf`,
              data: { environment: proxies.map(({ name, value }) => ({ name, value: value.replaceAll('%', '%%') })) },
              secret: proxies.some(({ value }) => value.includes('@')),
              ...force,
            }),
          ]
        : []),
      ...certificates(vars.docker_ca_certificates, { folder: '/etc/docker/certs.d', ...force }),
      ...credentialTasks(vars.docker_auths, { folder: '/root/.docker', name: 'config.json', ...force }),
      ...(vars.docker_install || facts.docker_version !== ''
        ? [
            service({
              name: vars.docker_service,
              state: 'started',
              enabled: true,
              daemon_reload: drops.length > 0,
              needs: [...installed, ...drops],
            }),
            ...(asked.keys.length + flags.length + proxies.length > 0
              ? [
                  docker_daemon({
                    title: 'docker runs with its configuration',
                    ...asked,
                    environment: proxies.map(({ name }) => name),
                    needs: [...installed, ...drops],
                  }),
                ]
              : []),
            ...proof.tasks,
          ]
        : [notInstalled(vars.docker_service)]),
    ];
  },
});

/**
 * Returns the style of configuration for a host's engine. From EL8 on that is podman's, unless a docker is installed.
 */
function styleOf({
  os_family,
  os_id,
  os_major,
  docker_version,
}: Facts): 'sysconfig' | 'daemon-json' | 'registries-conf' {
  if (os_family !== 'redhat') return 'daemon-json';
  if (os_major <= 7 && os_id !== 'fedora') return 'sysconfig';
  return docker_version === '' ? 'registries-conf' : 'daemon-json';
}

function notInstalled(name: string): TaskItem {
  const reason = 'docker is not installed; docker_install: true installs it';
  return { kind: 'skipped', name: `service ${name}`, reason };
}

/** @throws InputError for options that the host's docker has no place for */
function refuseWhatCannotBe(
  asked: { docker_add_registries: string[]; docker_block_registries: string[]; docker_options: string[] },
  style: 'sysconfig' | 'daemon-json',
  redHat: boolean,
): void {
  const errors: string[] = [];
  for (const name of ['docker_add_registries', 'docker_block_registries'] as const) {
    if (asked[name].length === 0) continue;
    if (!redHat) errors.push(`${name}: only the docker of the Red Hat family has this option`);
    else if (style !== 'sysconfig') errors.push(`${name} is an option of docker_config_style: sysconfig`);
  }
  if (asked.docker_options.length > 0 && style !== 'sysconfig') {
    errors.push('docker_options are flags, which docker_config_style: sysconfig has a place for; daemon.json has none');
  }
  if (errors.length > 0) throw new InputError(errors.map((message) => ({ code: 'role-variables', message })));
}
