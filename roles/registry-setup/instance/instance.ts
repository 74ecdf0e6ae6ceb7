import type { Results, RoleContext, Task } from '../../../src/index.js';
import { htpasswdFile } from '../accounts/accounts.js';
import { driverOf, type StorageDriver } from '../storage/storage-section.js';
import { type TlsFiles, tlsFiles } from '../tls/tls.js';
import { type InstanceSettings, settingsOf } from '../vars/instance.js';
import type { RegistryVars } from '../vars.js';
import { type Distribution, distributionOf } from './distribution.js';
import { type HostFacts, platformOf } from './platform.js';

/** One registry of a host, with everything decided that can be without asking the host. */
export interface RegistryInstance {
  /** `registry`, or of several: `registryPORT` unless named. */
  readonly name: string;
  /** The host's only registry, made from the role's variables alone: in the package's own unit and configuration. */
  readonly only: boolean;
  readonly state: 'present' | 'absent';
  readonly runtime: InstanceSettings['registry_runtime'];
  readonly port: number;
  /** Empty: all of the host's. */
  readonly address: string;
  /** As the host itself reaches it: `http://localhost:5000`. */
  readonly url: string;
  /** What its images are a version of: a label, which decides what its storage is. */
  readonly version: string | undefined;
  /** What its program is: its configuration is written for that. */
  readonly distribution: Distribution;
  readonly driver: StorageDriver;
  /** For the driver `filesystem`. */
  readonly storageDirectory: string;
  readonly readOnly: boolean;
  readonly deleteEnabled: boolean;
  readonly tls: TlsFiles | undefined;
  readonly htpasswd: string | undefined;
  readonly configPath: string;
  /** Unit of systemd that runs it, without `.service`; docker's own for the docker runtime. */
  readonly unit: string;
  /** The container that it is, for the docker and podman runtimes. */
  readonly container: string;
  /** The registry's command, for the package runtime. */
  readonly binary: string;
  readonly packages: readonly string[];
  /** Who it runs as; undefined: root. */
  readonly user: string | undefined;
  /** Whether what differs may be replaced. */
  readonly force: boolean;
  /** All its settings: its own, and the role's for the rest. */
  readonly vars: InstanceSettings;
}

/** What the tasks of a registry are made with, beside the registry itself. */
export interface InstanceContext {
  readonly role: RoleContext<RegistryVars>;
  /** For every task: false where the registry turned out to be somebody else's. */
  readonly when: (results: Results) => boolean;
  /** The packages that bring it, for `needs`. */
  readonly installed: readonly `package:${string}`[];
  /** The handler to `notify` of what the registry reads only at its start. */
  readonly restart: Task;
}

/** What brings files to the host needs less: what reads them again by itself has no handler. */
export type FilesContext = Omit<InstanceContext, 'restart'> & Partial<Pick<InstanceContext, 'restart'>>;

/** Where shares are mounted. */
const nfsFolder = '/srv/registry';

/** The registries that the variables of a host ask for: one, or those of `registry_instances`. */
export function instancesOf(vars: RegistryVars, facts: HostFacts): readonly RegistryInstance[] {
  const entries = vars.registry_instances;
  if (entries === undefined) return [onlyInstance(vars, facts)];
  return entries.map((entry) => {
    const settings = settingsOf(entry, vars);
    const name = entry.name ?? `registry${entry.port}`;
    const { configDirectory, storageDirectory } = platformOf(settings, facts);
    const own = Object.hasOwn(entry, 'storage_directory');
    const base = settings.registry_storage_directory ?? (settings.registry_storage_nfs ? nfsFolder : storageDirectory);
    return instance(settings, facts, {
      name,
      only: false,
      unit: settings.registry_runtime === 'docker' ? 'docker' : `provision-registry-${name}`,
      configPath: `${configDirectory}/${name}.yml`,
      storageDirectory: own ? base : `${base}/${name}`,
      force: settings.registry_force || vars.docker_registry_setup_force,
    });
  });
}

function onlyInstance(vars: RegistryVars, facts: HostFacts): RegistryInstance {
  const name = vars.registry_container_name;
  const { service, configDirectory, storageDirectory } = platformOf(vars, facts);
  const packaged = vars.registry_runtime === 'package';
  return instance(vars, facts, {
    name,
    only: true,
    unit:
      vars.registry_runtime === 'podman'
        ? `provision-registry-${name}`
        : (packaged && vars.registry_service) || service,
    configPath: `${configDirectory}/${packaged ? 'config' : name}.yml`,
    storageDirectory:
      vars.registry_storage_directory ?? (vars.registry_storage_nfs ? `${nfsFolder}/${name}` : storageDirectory),
    force: vars.registry_force || vars.docker_registry_setup_force,
  });
}

function instance(
  vars: InstanceSettings,
  facts: HostFacts,
  decided: Pick<RegistryInstance, 'name' | 'only' | 'unit' | 'configPath' | 'storageDirectory' | 'force'>,
): RegistryInstance {
  const { binary, packages, user } = platformOf(vars, facts);
  const tls = tlsFiles(vars, decided.name, facts);
  return {
    ...decided,
    state: vars.registry_state,
    runtime: vars.registry_runtime,
    port: vars.registry_port,
    address: vars.registry_address,
    url: `${tls === undefined ? 'http' : 'https'}://${vars.registry_address || 'localhost'}:${vars.registry_port}`,
    version: vars.registry_version,
    distribution: distributionOf(vars),
    driver: driverOf(vars),
    readOnly: vars.registry_read_only ?? false,
    deleteEnabled: vars.registry_delete_enabled,
    tls,
    htpasswd: htpasswdFile(vars, decided.name, facts),
    container: decided.name,
    binary,
    packages,
    user,
    vars,
  };
}
