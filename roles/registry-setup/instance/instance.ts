import { type InstanceSettings, instanceSettingsOf } from '../vars/instance.js';
import type { RegistryVars } from '../vars/role-vars.js';
import { distributionOf } from './distribution.js';
import { instanceEntries } from './entries.js';
import { htpasswdFile } from './htpasswd-file.js';
import { ownFolder } from './own-folder.js';
import { type HostFacts, platformOf } from './platform.js';
import type { RegistryInstance } from './registry-instance.js';
import { storageDriver } from './storage-driver.js';
import { tlsFiles } from './tls-files.js';
import { serviceAuthority, tokenServer } from './token-server.js';

/** Folder in which shares are mounted. */
const nfsFolder = '/srv/registry';

/** The registries that the variables of a host ask for: one, or several. */
export function instancesOf(vars: RegistryVars, facts: HostFacts): readonly RegistryInstance[] {
  const entries = instanceEntries(vars);
  if (entries === undefined) return [onlyInstance(vars, facts)];
  return entries.map(({ entry }) => {
    const settings = instanceSettingsOf(entry, vars);
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
    url: `${tls === undefined ? 'http' : 'https'}://${hostOf(vars.registry_address)}:${vars.registry_port}`,
    version: vars.registry_version,
    distribution: distributionOf(vars),
    driver: storageDriver(vars),
    readOnly: vars.registry_read_only ?? false,
    deleteEnabled: vars.registry_delete_enabled,
    tls,
    htpasswd: htpasswdFile(vars, decided.name, facts),
    proxyCa:
      vars.registry_proxy?.ca === undefined ? undefined : proxyAuthorityFile(ownFolder(vars, facts), decided.name),
    token: tokenServer(vars, decided.name, facts),
    serviceCa:
      serviceAuthority(vars) === undefined ? undefined : serviceAuthorityFile(ownFolder(vars, facts), decided.name),
    container: decided.name,
    binary,
    packages,
    user,
    vars,
  };
}

/** Returns the path of the authority of the registry that a pull-through cache fetches from. */
export function proxyAuthorityFile(folder: string, name: string): string {
  return `${folder}/proxy/${name}/ca.crt`;
}

/** Returns the path of the authority of the service that a registry trusts: beside the other, as Go reads a folder. */
export function serviceAuthorityFile(folder: string, name: string): string {
  return `${folder}/proxy/${name}/service.crt`;
}

/** Returns the host of a URL that leads to an address; empty: any of the host's. */
function hostOf(address: string): string {
  if (address.includes(':')) return `[${address}]`;
  return address || 'localhost';
}
