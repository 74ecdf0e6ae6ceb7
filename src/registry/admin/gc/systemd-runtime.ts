import { joinSh, sh } from '../../../sh.js';
import { RegistryError } from '../../registry-error.js';
import { type GcHost, type GcRuntime, queryHost, requireWholeOutput, storageRoot } from './runtime.js';

/** Unit names of Debian's and Red Hat's packages, and the usual one of hand-written units. */
export const usualUnits = ['docker-registry.service', 'docker-distribution.service', 'registry.service'];

/** Unit of systemd, as `systemctl show` describes it. */
export interface SystemdUnit {
  readonly unit: string;
  readonly active: boolean;
  readonly pid: number;
  /** Empty: root. */
  readonly user: string;
  readonly argv: readonly string[];
}

/** Finds the units that are active: the one that is named, else those with the usual names. */
export async function findActiveUnits(host: GcHost, name: string | undefined): Promise<SystemdUnit[]> {
  const names = name === undefined ? usualUnits : [name.includes('.') ? name : `${name}.service`];
  const reply = await host.run(sh`command -v systemctl > /dev/null || exit 0
for unit in ${names}; do
  systemctl show -p Id -p LoadState -p ActiveState -p MainPID -p User -p ExecStart "$unit"
  echo
done`);
  return readUnits(requireWholeOutput(reply, 'look at the services')).filter(({ active }) => active);
}

/** Reads blocks of `systemctl show -p Id -p LoadState -p ActiveState -p MainPID -p User -p ExecStart`. */
export function readUnits(text: string): SystemdUnit[] {
  const units = text.split(/\n\s*\n/).map((block) => {
    const values = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const argv = /^(?:(?!argv\[\]=).)*argv\[\]=(.*?) ;/.exec(values.get('ExecStart') ?? '')?.[1] ?? '';
    return {
      unit: values.get('Id') ?? '',
      active: values.get('LoadState') === 'loaded' && values.get('ActiveState') === 'active',
      pid: Number(values.get('MainPID') ?? 0),
      user: values.get('User') ?? '',
      argv: argv.split(' ').filter((word) => word !== ''),
    };
  });
  // A name may be an alias of another.
  return [...new Map(units.filter(({ unit }) => unit !== '').map((unit) => [unit.unit, unit])).values()];
}

/** Reads the configuration of a unit that runs. @throws RegistryError `unsupported` for one that can't be made read-only */
export async function runtimeOfUnit(host: GcHost, { unit, argv, pid, user }: SystemdUnit): Promise<GcRuntime> {
  const [binary = ''] = argv;
  const config = argv.at(-1) ?? '';
  if (/\b(?:docker|podman)$/.test(binary)) {
    throw new RegistryError(
      'unsupported',
      `${unit} runs a container, which cannot be made read-only from outside the unit`,
      {
        hint: 'stop it, run `registry garbage-collect` in a container of the same image and volumes, and start it again',
      },
    );
  }
  if (!argv.includes('serve') || !/\.ya?ml$/.test(config)) {
    throw new RegistryError('unsupported', `${unit} runs ${argv.join(' ')}, not registry serve CONFIG.yml`);
  }
  const version = await queryHost(host, sh`${binary} --version`, `read the version of ${binary}`);
  const text = await queryHost(host, sh`cat ${config}`, `read ${config}`);
  const environment = await queryHost(
    host,
    sh`tr '\0' '\n' < /proc/${pid}/environ | sed -n 's/^REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=//p'`,
    `read the environment of ${unit}`,
  );
  const root = await storageRoot(text, environment.trim() || undefined, config);
  return systemdRuntime({ unit, binary, config, user, version: version.trim(), root });
}

/** A registry that is a unit of systemd, as distributions package it. */
export interface RegistryUnit {
  /** `docker-registry.service` */
  readonly unit: string;
  readonly binary: string;
  readonly config: string;
  /** Account that it runs as; empty: root. */
  readonly user: string;
  readonly version: string;
  readonly root: string | undefined;
}

/**
 * Controls a registry that is a unit. It is read-only by a drop-in under /run, which a reboot deletes. The configuration
 * isn't touched: distribution takes settings from the environment too ("Override specific configuration options").
 */
export function systemdRuntime({ unit, binary, config, user, version, root }: RegistryUnit): GcRuntime {
  const folder = `/run/systemd/system/${unit}.d`;
  const file = `${folder}/provision-gc.conf`;
  const as = user === '' || user === 'root' ? sh`` : sh`runuser -u ${user} --`;
  const restart = sh`systemctl daemon-reload && systemctl restart ${unit}`;
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
${restart}`,
    restore: () => sh`rm -f ${file} && { rmdir ${folder} 2> /dev/null || :; } && ${restart}`,
  };
}
