import type { z } from 'zod';
import type { vars as schema } from './vars.js';

type Vars = z.output<typeof schema>;

/** Keys of daemon.json with their values. */
export type DaemonSettings = Record<string, string | boolean | string[] | Record<string, string>>;

/** Keys of daemon.json that dockerd takes over when it is reloaded (`dockerd` reference, "Configuration reload behavior"). */
export function liveSettings(vars: Vars): DaemonSettings {
  return {
    ...(vars.docker_insecure_registries.length === 0 ? {} : { 'insecure-registries': vars.docker_insecure_registries }),
    ...(vars.docker_registry_mirrors.length === 0 ? {} : { 'registry-mirrors': vars.docker_registry_mirrors }),
    ...(vars.docker_live_restore === undefined ? {} : { 'live-restore': vars.docker_live_restore }),
  };
}

/** Keys of daemon.json that need a restart of dockerd. */
export function restartSettings(vars: Vars): DaemonSettings {
  return {
    ...(vars.docker_log_driver === undefined ? {} : { 'log-driver': vars.docker_log_driver }),
    ...(Object.keys(vars.docker_log_options).length === 0 ? {} : { 'log-opts': vars.docker_log_options }),
  };
}

/** The same settings as flags of dockerd. */
export function flagSettings(vars: Vars): string[] {
  return [
    ...vars.docker_registry_mirrors.map((mirror) => `--registry-mirror=${mirror}`),
    ...(vars.docker_live_restore === true ? ['--live-restore'] : []),
    ...(vars.docker_log_driver === undefined ? [] : [`--log-driver=${vars.docker_log_driver}`]),
    ...Object.entries(vars.docker_log_options).map(([name, value]) => `--log-opt=${name}=${value}`),
    ...vars.docker_options,
  ];
}

/** Keys of daemon.json and the flags that mean the same: given in both, dockerd does not start. */
export const flagOfKey: Readonly<Record<string, string>> = {
  'insecure-registries': '--insecure-registry',
  'registry-mirrors': '--registry-mirror',
  'live-restore': '--live-restore',
  'log-driver': '--log-driver',
  'log-opts': '--log-opt',
  hosts: '-H',
  'storage-driver': '--storage-driver',
  'data-root': '--data-root',
  debug: '--debug',
  bip: '--bip',
  mtu: '--mtu',
  dns: '--dns',
  labels: '--label',
  'log-level': '--log-level',
  'selinux-enabled': '--selinux-enabled',
};
