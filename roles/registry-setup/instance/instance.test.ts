import { describe, expect, it } from 'vitest';
import { vars } from '../vars.js';
import { instancesOf } from './instance.js';

const debian = { os_family: 'debian', uid: 0, home: '/root' } as const;
const redHat = { ...debian, os_family: 'redhat' } as const;

describe('the registries of a host', () => {
  it("is one, the package's own, where no others are named", () => {
    expect(instancesOf(vars.parse({ registry_port: 5001 }), debian)).toMatchObject([
      {
        name: 'registry',
        only: true,
        unit: 'docker-registry',
        port: 5001,
        configPath: '/etc/docker/registry/config.yml',
        storageDirectory: '/var/lib/docker-registry',
        url: 'http://localhost:5001',
      },
    ]);
    expect(instancesOf(vars.parse({ registry_runtime: 'docker', registry_container_name: 'x' }), redHat)).toMatchObject(
      [{ container: 'x', configPath: '/etc/docker/registry/x.yml', storageDirectory: '/var/lib/registry' }],
    );
    expect(instancesOf(vars.parse({ registry_service: 'other' }), redHat)).toMatchObject([
      {
        unit: 'other',
        configPath: '/etc/docker-distribution/registry/config.yml',
        storageDirectory: '/var/lib/registry',
      },
    ]);
  });

  it("are several, named after their ports, with the role's settings for what they don't say", () => {
    const given = vars.parse({
      registry_read_only: true,
      registry_storage_directory: '/srv',
      registry_instances: [
        { port: 5000, version: 31, read_only: false },
        { port: 5001, name: 'other', storage_directory: '/data', runtime: 'docker' },
      ],
    });
    expect(instancesOf(given, debian)).toMatchObject([
      {
        name: 'registry5000',
        unit: 'provision-registry-registry5000',
        version: '31',
        readOnly: false,
        storageDirectory: '/srv/registry5000',
        configPath: '/etc/docker/registry/registry5000.yml',
      },
      { name: 'other', unit: 'docker', container: 'other', readOnly: true, storageDirectory: '/data' },
    ]);
  });

  it.each([
    [
      [{ port: 1 }, { port: 1, name: 'b' }],
      ['registry_instances.1.port: port 1 is already used by registry1. Choose another'],
    ],
    [
      [{ port: 1 }, { port: 2, name: 'registry1' }],
      ['registry_instances.1.name: the name registry1 is already used. Choose another'],
    ],
    [
      [
        { port: 1, storage_directory: '/a' },
        { port: 2, storage_directory: '/a' },
      ],
      ['registry_instances.1.storage_directory: registry1 writes to /a too. Make all but one of them read_only'],
    ],
    [
      [
        { port: 1, storage_directory: '/a' },
        { port: 2, storage_directory: '/a', read_only: true },
      ],
      [],
    ],
    [[{ name: 'x' }], ['registry_instances.0.port: Invalid input: expected number, received undefined']],
    [[{ port: 1, name: 'config' }], ["registry_instances.0.name: is the name of the package's own configuration"]],
    [[{ port: 1, prot: 2 }], ['registry_instances.0: Unrecognized key: "prot"']],
  ])('cannot share what each needs for itself: %j', (registry_instances, expected) => {
    const { error } = vars.safeParse({ registry_instances });
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []).toEqual(expected);
  });
});
