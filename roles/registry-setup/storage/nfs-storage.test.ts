import { expect, it, test } from 'vitest';
import { instancesOf } from '../instance/instance.js';
import { nfsShare } from '../instance/nfs-share.js';
import { containerMounts } from '../runtime/container-mounts.js';
import { vars } from '../vars.js';
import { storageUnitLines } from './storage.js';

const facts = { os_family: 'debian', uid: 0, home: '/root' } as const;
const nfs = { server: 'nfs1', path: '/var/export/registry{version}' };

function instances(given: Record<string, unknown>) {
  return instancesOf(vars.parse({ registry_storage_nfs: nfs, ...given }), facts);
}

test('each registry has the share of its version', () => {
  const all = instances({
    registry_instances: [
      { port: 5000, version: 31 },
      { port: 5001, version: '32', name: 'stable', storage_directory: '/srv/stable' },
      { port: 5002, storage_nfs: { server: 'fd00::1', path: '/images', options: 'ro,hard' } },
    ],
  });
  expect(all.map((each) => [each.storageDirectory, nfsShare(each)?.source, nfsShare(each)?.options])).toEqual([
    ['/srv/registry/registry5000', 'nfs1:/var/export/registry31', 'hard'],
    ['/srv/stable', 'nfs1:/var/export/registry32', 'hard'],
    ['/srv/registry/registry5002', '[fd00::1]:/images', 'ro,hard'],
  ]);
});

test('a service is bound to its share, a container to what is in it', () => {
  const [service] = instances({ registry_version: 31 });
  expect(service && storageUnitLines(service)).toEqual([
    'RequiresMountsFor=/srv/registry/registry',
    'BindsTo=srv-registry-registry.mount',
    'After=srv-registry-registry.mount',
    'AssertPathIsMountPoint=/srv/registry/registry',
  ]);
  const [container] = instances({ registry_version: 31, registry_runtime: 'docker', registry_read_only: true });
  expect(container && containerMounts(container)).toEqual([
    'type=bind,source=/srv/registry/registry/docker,target=/var/lib/registry/docker,readonly',
  ]);
});

it.each([
  [{}, '/var/export/registry{version} contains {version}, but registry_version is not set'],
  [{ registry_version: 31, registry_runtime: 'embedded' }, 'not supported with registry_runtime: embedded'],
  [{ registry_version: 31, registry_inmemory: true }, 'cannot be used with registry_inmemory'],
  [{ registry_storage_nfs: { server: 'nfs1', path: '/x{y}' } }, 'may have {version} in it, and no other braces'],
  [
    {
      registry_instances: [
        { port: 1, version: 31 },
        { port: 2, version: 31 },
      ],
    },
    'registry1 writes to nfs1:/var/export/registry31 too',
  ],
])('refuses %o', (given, message) => {
  expect(vars.safeParse({ registry_storage_nfs: nfs, ...given }).error?.message).toContain(message);
});
