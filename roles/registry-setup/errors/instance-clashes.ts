import { instanceEntries } from '../instance/entries.js';
import { instancesOf } from '../instance/instance.js';
import { nfsShare } from '../instance/nfs-share.js';
import type { RegistryInstance } from '../instance/registry-instance.js';
import type { RegistryVars } from '../vars/role-vars.js';

export interface InstanceClash {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Returns the clashes between registries of one host: ports, names, configurations, storage that both write to. */
export function instanceClashes(vars: RegistryVars): readonly InstanceClash[] {
  const entries = instanceEntries(vars);
  if (entries === undefined) return [];
  const instances = instancesOf(vars, { os_family: 'debian', uid: 0, home: '/root' });
  return instances.flatMap((instance, index) => {
    const earlier = instances.slice(0, index);
    const clash = (key: string, message: string): InstanceClash => ({
      path: [...(entries[index]?.path ?? []), ...(key in (entries[index]?.entry ?? {}) ? [key] : [])],
      message,
    });
    const other = (shares: (other: RegistryInstance) => boolean) => earlier.find(shares)?.name;
    const samePort = other(({ port, state }) => port === instance.port && state === instance.state);
    const sameName = other(({ name }) => name === instance.name);
    const sameStorage = other((each) => writes(each) && writes(instance) && overlap(each, instance));
    return [
      ...(samePort === undefined
        ? []
        : [clash('port', `port ${instance.port} is already used by ${samePort}. Choose another`)]),
      ...(sameName === undefined ? [] : [clash('name', `the name ${instance.name} is already used. Choose another`)]),
      ...(sameStorage === undefined || sameName !== undefined
        ? []
        : [
            clash(
              'storage_directory',
              `${sameStorage} writes to ${nfsShare(instance)?.source ?? instance.storageDirectory} too. Make all but one of them read_only`,
            ),
          ]),
    ];
  });
}

function writes({ readOnly, state }: RegistryInstance): boolean {
  return !readOnly && state === 'present';
}

function overlap(one: RegistryInstance, other: RegistryInstance): boolean {
  const share = nfsShare(one)?.source;
  return one.storageDirectory === other.storageDirectory || (share !== undefined && share === nfsShare(other)?.source);
}
