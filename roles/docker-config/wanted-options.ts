import type { z } from 'zod';
import type { docker_config, docker_sysconfig } from '../../src/index.js';
import type { vars } from './vars.js';

type Vars = z.output<typeof vars>;
type Flag = z.input<typeof docker_sysconfig.params>['flags'][number];

type DaemonJson = Pick<z.output<typeof docker_config.params>, 'merge' | 'exclusive'>;

/** Returns the wanted keys of daemon.json in a style; an option that is not given has no key. */
export function wantedKeys(vars: Vars, style: 'sysconfig' | 'daemon-json'): DaemonJson {
  if (style === 'sysconfig') return { merge: vars.docker_daemon_options, exclusive: [] };
  return {
    merge: { ...optionKeys(vars), ...vars.docker_daemon_options },
    exclusive: [
      ...(vars.docker_insecure_registries_exclusive ? ['insecure-registries'] : []),
      ...(vars.docker_registry_mirrors_exclusive ? ['registry-mirrors'] : []),
    ],
  };
}

function optionKeys(vars: Vars): DaemonJson['merge'] {
  const { docker_insecure_registries: insecure, docker_registry_mirrors: mirrors } = vars;
  return {
    ...((insecure.length > 0 || vars.docker_insecure_registries_exclusive) && { 'insecure-registries': insecure }),
    ...((mirrors.length > 0 || vars.docker_registry_mirrors_exclusive) && { 'registry-mirrors': mirrors }),
    ...(vars.docker_live_restore !== undefined && { 'live-restore': vars.docker_live_restore }),
    ...(vars.docker_log_driver !== undefined && { 'log-driver': vars.docker_log_driver }),
    ...(Object.keys(vars.docker_log_options).length > 0 && { 'log-opts': vars.docker_log_options }),
  };
}

/** Returns the wanted options as flags of dockerd, and those that only a command line takes. */
export function wantedFlags(vars: Vars): Flag[] {
  const options = vars.docker_options.map((option) => /^--([^= ]+)(?:[= ](.+))?$/.exec(option) ?? []);
  return [
    ...flags('INSECURE_REGISTRY', 'insecure-registry', vars.docker_insecure_registries),
    ...flags('ADD_REGISTRY', 'add-registry', vars.docker_add_registries),
    ...flags('BLOCK_REGISTRY', 'block-registry', vars.docker_block_registries),
    ...flags('OPTIONS', 'registry-mirror', vars.docker_registry_mirrors),
    ...flags('OPTIONS', 'log-driver', vars.docker_log_driver === undefined ? [] : [vars.docker_log_driver]),
    ...flags(
      'OPTIONS',
      'log-opt',
      Object.entries(vars.docker_log_options).map(([name, value]) => `${name}=${value}`),
    ),
    ...flags('OPTIONS', 'live-restore', vars.docker_live_restore === undefined ? [] : [`${vars.docker_live_restore}`]),
    ...options.flatMap(([, name = '', value = 'true']) => flags('OPTIONS', name, [value])),
  ];
}

function flags(variable: Flag['variable'], name: string, values: readonly string[]): Flag[] {
  return [...new Set(values)].map((value) => ({ variable, name, value }));
}

/** Returns the flags whose values are as given: others of their name are removed. */
export function exclusiveFlags(vars: Vars): string[] {
  return [
    ...(vars.docker_insecure_registries_exclusive ? ['insecure-registry'] : []),
    ...(vars.docker_registry_mirrors_exclusive ? ['registry-mirror'] : []),
  ];
}

/** Returns the environment variables that tell the daemon its proxies. */
export function proxyVariables({ docker_proxies: proxies }: Vars): { name: string; value: string }[] {
  const all = [
    { name: 'HTTP_PROXY', value: proxies?.http },
    { name: 'HTTPS_PROXY', value: proxies?.https },
    { name: 'NO_PROXY', value: proxies?.no_proxy === undefined ? undefined : [proxies.no_proxy].flat().join(',') },
  ];
  return all.flatMap(({ name, value }) => (value === undefined || value === '' ? [] : [{ name, value }]));
}
