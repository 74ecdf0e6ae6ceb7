import {
  command,
  defineRole,
  directory,
  docker_config,
  docker_daemon,
  docker_options,
  docker_sysconfig,
  type Facts,
  InputError,
  service,
  sh,
  type TaskItem,
  template,
} from '../../src/index.js';
import { certificates } from './certificates.js';
import { credentialTasks } from './credentials.js';
import { missing_packages } from './missing-packages.js';
import { podmanTasks } from './podman/in-podman.js';
import { proofOf } from './proof.js';
import { vars } from './vars.js';
import { exclusiveFlags, proxyVariables, wantedFlags, wantedKeys } from './wanted-options.js';

const config = '/etc/docker/daemon.json';
const sysconfig = '/etc/sysconfig/docker';

export default defineRole({
  name: 'docker-config',
  summary: 'Configure docker, and check that its daemon runs with the configuration',
  vars,
  tasks: ({ vars, facts, host }) => {
    const redHat = facts.os_family === 'redhat';
    const style = vars.docker_config_style === 'auto' ? styleOf(facts) : vars.docker_config_style;
    if (style === 'registries-conf') return podmanTasks(vars);
    refuseWhatCannotBe(vars, style, redHat);

    const names = vars.docker_packages ?? [redHat ? 'docker' : 'docker.io'];
    const installs = vars.docker_install && names.length > 0;
    const installed = installs ? names.map((name) => `package:${name}` as const) : [];
    const proof = proofOf('docker', vars.docker_proof_image, { needs: installed });
    const force = { force: vars.docker_config_force, force_variable: 'docker_config_force', ...proof.again };

    const daemonJson = wantedKeys(vars, style);
    const keys = Object.keys(daemonJson.merge);
    const flags = style === 'sysconfig' ? wantedFlags(vars) : [];
    const exclusive = style === 'sysconfig' ? exclusiveFlags(vars) : [];
    const flagNames = [...new Set([...flags.map(({ name }) => name), ...exclusive])];
    const proxies = proxyVariables(vars);
    const dropIns = `/etc/systemd/system/${vars.docker_service}.service.d`;
    const needsDropIn = flagNames.length > 0 && !redHat;
    const dropsProxies =
      vars.docker_proxies === undefined &&
      (vars.docker_config_force || host.force) &&
      facts.service_manager === 'systemd';
    const drops = [
      ...(needsDropIn ? ([`path:${dropIns}/sysconfig.conf`] as const) : []),
      ...(proxies.length > 0 ? ([`path:${dropIns}/http-proxy.conf`] as const) : []),
    ];
    const environment = proxies.map(({ name }) => name);
    const asked = {
      service: vars.docker_service,
      config,
      ...(flagNames.length > 0 ? { sysconfig, flags: flagNames } : {}),
    };

    return [
      ...(installs ? [missing_packages({ name: names, program: 'dockerd' })] : []),
      ...(keys.length + flagNames.length > 0
        ? [docker_options({ title: 'no option in two places', ...asked, keys, needs: installed })]
        : []),
      ...(keys.length > 0
        ? [
            directory({ path: '/etc/docker', needs: installed }),
            docker_config({ path: config, ...daemonJson, mode: '0644', ...force, needs: installed }),
          ]
        : []),
      ...(flagNames.length > 0
        ? [
            directory({ path: '/etc/sysconfig' }),
            docker_sysconfig({
              path: sysconfig,
              flags,
              exclusive,
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
      ...(dropsProxies ? [withoutProxies(`${dropIns}/http-proxy.conf`, vars.docker_service)] : []),
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
            ...(keys.length + flagNames.length + environment.length > 0
              ? [
                  docker_daemon({
                    title: 'docker runs with its configuration',
                    ...asked,
                    ...daemonJson,
                    // A drop-in with proxies may hold a password, and stops no start.
                    files: [`${dropIns}/sysconfig.conf`],
                    environment,
                    force: force.force,
                    force_variable: force.force_variable,
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

/** Removes the drop-in with proxies that an earlier run wrote; one of somebody else stays. A dated copy is kept. */
function withoutProxies(path: string, name: string): TaskItem {
  const ours = sh`head -n 1 ${path} 2>/dev/null | grep -q 'managed by provision'`;
  const cmd = sh`mv ${path} ${path}."$(date -u +%Y-%m-%dT%H%M%SZ)".bak`;
  return command({
    title: 'no proxies that the site has not',
    cmd: cmd.script,
    only_if: ours.script,
    provides: [`path:${path}`],
    notify: service({ title: `restart ${name} without proxies`, name, state: 'restarted', daemon_reload: true }),
  });
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
