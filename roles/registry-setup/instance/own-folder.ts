import type { InstanceSettings } from '../vars/instance.js';
import { type HostFacts, platformOf } from './platform.js';

/** Folder of what this role brings a registry beside its configuration: certificates, accounts. */
export function ownFolder(vars: InstanceSettings, facts: HostFacts): string {
  const { configDirectory } = platformOf(vars, facts);
  if (configDirectory !== '') return configDirectory;
  return facts.uid === 0 ? '/etc/docker/registry' : `${facts.home}/.config/provision/registry`;
}
