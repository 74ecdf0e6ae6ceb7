import { joinSh, sh } from '../../../sh.js';
import type { GcRuntime } from './runtime.js';

/** A registry that is a unit of systemd, as distributions package it. */
export interface RegistryUnit {
  /** `docker-registry.service` */
  readonly unit: string;
  readonly binary: string;
  readonly config: string;
  /** The account it runs as; empty: root. */
  readonly user: string;
  readonly version: string;
  readonly root: string | undefined;
}

/**
 * Read-only by a drop-in under /run, which a reboot takes away. The configuration itself isn't touched: distribution takes
 * settings from the environment too ("Override specific configuration options").
 */
export function systemdRuntime({ unit, binary, config, user, version, root }: RegistryUnit): GcRuntime {
  const folder = `/run/systemd/system/${unit}.d`;
  const file = `${folder}/provision-gc.conf`;
  const as = user === '' || user === 'root' ? sh`` : sh`runuser -u ${user} --`;
  const restarted = sh`systemctl daemon-reload && systemctl restart ${unit}`;
  return {
    name: unit,
    version,
    root,
    // With the environment that the service has: it may say where the storage is.
    collect(options) {
      const command = joinSh([as, sh`${binary} garbage-collect ${options} ${config}`], ' ');
      return sh`pid=$(systemctl show -p MainPID ${unit}) && pid=\${pid#MainPID=} && [ "$pid" -gt 0 ] &&
xargs -0 sh -c ${`exec env -i "$@" ${command}`} sh < "/proc/$pid/environ"`;
    },
    inside: (script) => script,
    readOnly: () => sh`mkdir -p ${folder} &&
printf '%s\n' '[Service]' 'Environment="REGISTRY_STORAGE_MAINTENANCE_READONLY={enabled: true}"' > ${file} &&
${restarted}`,
    restore: () => sh`rm -f ${file} && { rmdir ${folder} 2> /dev/null || :; } && ${restarted}`,
  };
}
