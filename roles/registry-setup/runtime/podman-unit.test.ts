import { describe, expect, it } from 'vitest';
import { instancesOf } from '../instance/instance.js';
import { vars } from '../vars.js';
import { knowsQuadlets } from './in-podman.js';
import { imageForPodman, podmanUnit, quadlet } from './podman-unit.js';
import { authorityVariables } from './proxy-authority.js';
import { registryConfig } from './registry-config.js';

const redHat = { os_family: 'redhat', uid: 0, home: '/root' } as const;

function instance(given: Record<string, unknown>) {
  const [first] = instancesOf(vars.parse({ registry_runtime: 'podman', ...given }), redHat);
  if (first === undefined) throw new Error('no registry');
  return first;
}

const one = { registry_image: 'registry:3.1.1', registry_instances: [{ port: 5001, address: '192.0.2.1' }] };

describe('what runs a registry by podman', () => {
  it('is a quadlet, from 4.4 on', () => {
    expect(quadlet(instance(one), redHat)).toMatchInlineSnapshot(`
      "# Managed by provision.
      [Unit]
      Description=Registry registry5001
      After=network-online.target
      Wants=network-online.target
      RequiresMountsFor=/var/lib/registry/registry5001

      [Container]
      ContainerName=registry5001
      Image=docker.io/library/registry:3.1.1
      PublishPort=192.0.2.1:5001:5000
      Environment=OTEL_TRACES_EXPORTER=none
      Volume=/var/lib/registry/registry5001:/var/lib/registry
      Volume=/etc/docker/registry/registry5001.yml:/etc/distribution/config.yml:ro
      SecurityLabelDisable=true

      [Service]
      Restart=always
      RestartSec=2
      TimeoutStartSec=300

      [Install]
      WantedBy=multi-user.target
      "
    `);
    expect(['3.4.4', '4.3.1', '4.4.0', '4.10', '5.0'].map(knowsQuadlets)).toEqual([false, false, true, true, true]);
  });

  it('is a unit that runs it, before', () => {
    expect(podmanUnit(instance(one), { os_family: 'debian' })).toMatchInlineSnapshot(`
      "# Managed by provision.
      [Unit]
      Description=Registry registry5001
      After=network-online.target
      Wants=network-online.target
      RequiresMountsFor=/var/lib/registry/registry5001

      [Service]
      ExecStartPre=-/usr/bin/podman rm -f registry5001
      ExecStart=/usr/bin/podman run --rm --name registry5001 --log-driver=none -p 192.0.2.1:5001:5000 -e OTEL_TRACES_EXPORTER=none --mount type=bind,source=/var/lib/registry/registry5001,target=/var/lib/registry --mount type=bind,source=/etc/docker/registry/registry5001.yml,target=/etc/distribution/config.yml,readonly docker.io/library/registry:3.1.1
      ExecStop=-/usr/bin/podman stop -t 10 registry5001
      Restart=always
      RestartSec=2
      TimeoutStartSec=300

      [Install]
      WantedBy=multi-user.target
      "
    `);
  });

  it('is a unit of the system, rootless', () => {
    const text = podmanUnit(instance({ registry_user: 'images' }), { os_family: 'debian' });
    expect(text.split('\n').filter((line) => /^(User|Runtime|Env|ExecStart=)/.test(line))).toMatchInlineSnapshot(`
      [
        "User=images",
        "RuntimeDirectory=provision-registry-registry",
        "Environment=XDG_RUNTIME_DIR=/run/provision-registry-registry",
        "ExecStart=/usr/bin/podman --cgroup-manager=cgroupfs run --rm --name registry --log-driver=none -p 5000:5000 --mount type=bind,source=/var/lib/registry,target=/var/lib/registry --mount type=bind,source=/etc/docker/registry/registry.yml,target=/etc/docker/registry/config.yml,readonly docker.io/library/registry:2",
      ]
    `);
  });

  it.each([
    ['registry:2', 'docker.io/library/registry:2'],
    ['distribution/distribution:3', 'docker.io/distribution/distribution:3'],
    ['quay.io/x/registry:2', 'quay.io/x/registry:2'],
    ['mirror:5000/registry:2', 'mirror:5000/registry:2'],
    ['localhost/registry:2', 'localhost/registry:2'],
  ])('asks for %s as %s', (registry_image, expected) => {
    expect(imageForPodman(vars.parse({ registry_image }))).toBe(expected);
    expect(imageForPodman(vars.parse({ registry_image, registry_image_archive: 'x.tar' }))).toBe(registry_image);
  });

  it('trusts the authority of the registry that it fetches from, in a container as in a package', () => {
    const proxied = { registry_proxy: { remoteurl: 'https://up:5000', ca: 'own-ca' } };
    const folder = '/etc/docker-distribution/registry/proxy/registry';
    expect(quadlet(instance(proxied), redHat).split('\n')).toEqual(
      expect.arrayContaining([
        'Environment=SSL_CERT_DIR=/etc/provision/proxy-ca',
        'Volume=/etc/docker/registry/proxy/registry:/etc/provision/proxy-ca:ro',
      ]),
    );
    const packaged = instance({ ...proxied, registry_runtime: 'package' });
    expect(authorityVariables(packaged)).toEqual([`SSL_CERT_DIR=${folder}`]);
    expect(registryConfig(packaged)).toMatchObject({ proxy: { remoteurl: 'https://up:5000' } });
    expect(JSON.stringify(registryConfig(packaged))).not.toContain('own-ca');
  });
});
