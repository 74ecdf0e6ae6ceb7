import { expect, test } from 'vitest';
import { containerRuntime } from './container-runtime.js';
import { readDryRun } from './dry-run.js';
import { keepsChildren, storageRoot } from './runtime.js';
import { readUnits, systemdRuntime } from './systemd-runtime.js';

test.each([
  ['docker-registry github.com/docker/distribution 2.8.2+ds1', false],
  ['registry github.com/docker/distribution v2.8.3', false],
  ['registry github.com/distribution/distribution/v3 3.0.0', true],
  ['registry github.com/distribution/distribution/v3 v3.1.1', true],
  ['registry github.com/distribution/distribution/v3 3.0.0-rc.2', false],
  ['registry github.com/distribution/distribution/v3 main', false],
])('%s: children of indexes are kept: %s', (text, kept) => {
  expect(keepsChildren(text)).toBe(kept);
});

test('units as systemd tells them; an alias is its unit', () => {
  const block = `Id=docker-registry.service
LoadState=loaded
ActiveState=active
MainPID=812
User=docker-registry
ExecStart={ path=/usr/bin/docker-registry ; argv[]=/usr/bin/docker-registry serve /etc/docker/registry/config.yml ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
`;
  const absent = 'Id=registry.service\nLoadState=not-found\nActiveState=inactive\nMainPID=0\nUser=\n';
  expect(readUnits(`${block}\n${absent}\n${block}\n`)).toEqual([
    {
      unit: 'docker-registry.service',
      active: true,
      pid: 812,
      user: 'docker-registry',
      argv: ['/usr/bin/docker-registry', 'serve', '/etc/docker/registry/config.yml'],
    },
    { unit: 'registry.service', active: false, pid: 0, user: '', argv: [] },
  ]);
});

test('the scripts of a unit', () => {
  const runtime = systemdRuntime({
    unit: 'docker-registry.service',
    binary: '/usr/bin/docker-registry',
    config: '/etc/docker/registry/config.yml',
    user: 'docker-registry',
    version: '2.8.2',
    root: '/srv',
  });
  expect(
    [runtime.readOnly(), runtime.collect(['--dry-run']), runtime.restore()].join('\n---\n'),
  ).toMatchInlineSnapshot(`
    "mkdir -p /run/systemd/system/docker-registry.service.d &&
    printf '%s\\n' '[Service]' 'Environment="REGISTRY_STORAGE_MAINTENANCE_READONLY={enabled: true}"' > /run/systemd/system/docker-registry.service.d/provision-gc.conf &&
    systemctl daemon-reload && systemctl restart docker-registry.service
    ---
    pid=$(systemctl show -p MainPID docker-registry.service) && pid=\${pid#MainPID=} && [ "$pid" -gt 0 ] &&
    xargs -0 sh -c 'exec env -i "$@" runuser -u docker-registry -- /usr/bin/docker-registry garbage-collect --dry-run /etc/docker/registry/config.yml' sh < "/proc/$pid/environ"
    ---
    rm -f /run/systemd/system/docker-registry.service.d/provision-gc.conf && { rmdir /run/systemd/system/docker-registry.service.d 2> /dev/null || :; } && systemctl daemon-reload && systemctl restart docker-registry.service"
  `);
});

test('the scripts of a container: the environment is not in the arguments', () => {
  const runtime = containerRuntime({
    engine: 'podman',
    container: {
      Name: '/registry',
      Config: {
        Image: 'docker.io/library/registry:2',
        Env: ['PATH=/bin', 'REGISTRY_HTTP_SECRET=a secret'],
        Cmd: ['/etc/docker/registry/config.yml'],
        Entrypoint: ['/entrypoint.sh'],
      },
      HostConfig: { NetworkMode: 'bridge', PortBindings: { '5000/tcp': [{ HostIp: '127.0.0.1', HostPort: '5000' }] } },
    },
    config: '/etc/docker/registry/config.yml',
    version: '2.8.3',
    root: '/var/lib/registry',
  });
  expect([runtime.readOnly(), runtime.collect([]), runtime.restore()].join('\n---\n')).toMatchInlineSnapshot(`
    "podman stop registry > /dev/null && printf '%s\\n' 'PATH=/bin' 'REGISTRY_HTTP_SECRET=a secret' 'REGISTRY_STORAGE_MAINTENANCE_READONLY={enabled: true}' | podman run -d --name registry-provision-gc --volumes-from registry --network bridge --env-file /dev/stdin -p 127.0.0.1:5000:5000/tcp  --entrypoint /entrypoint.sh docker.io/library/registry:2  /etc/docker/registry/config.yml > /dev/null
    ---
    at=registry
    [ "$(podman inspect -f '{{.State.Running}}' registry-provision-gc 2> /dev/null)" = true ] && at=registry-provision-gc
    podman exec "$at" registry garbage-collect  /etc/docker/registry/config.yml
    ---
    { podman rm -f registry-provision-gc > /dev/null 2>&1 || :; } && podman start registry > /dev/null"
  `);
});

test('where the storage is', async () => {
  const root = (text: string, overridden?: string) => storageRoot(text, overridden, 'config.yml');
  expect(await root('storage: {filesystem: {rootdirectory: /srv/registry/}}')).toBe('/srv/registry');
  expect(await root('storage:\n  filesystem:\n')).toBe('/var/lib/registry');
  expect(await root('storage: {filesystem: {rootdirectory: /srv}}', '/data')).toBe('/data');
  expect(await root('storage: {s3: {bucket: b}}')).toBeUndefined();
  await expect(root('version: 0.1')).rejects.toThrow('config.yml names no storage');
});

test('a dry run: manifests belong to the repository above them; one cut short is not complete', () => {
  const [a, b] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
  const text = `team/web\nmanifest eligible for deletion: ${a}\nteam/web: marking manifest ${b} \n\n1 blobs marked, 1 blobs and 1 manifests eligible for deletion\nblob eligible for deletion: ${b}\n`;
  const garbage = readDryRun(text);
  expect(garbage).toEqual({ blobs: new Set([b]), manifests: new Map([['team/web', new Set([a])]]), complete: true });
  expect(readDryRun(text.slice(0, 100)).complete).toBe(false);
});
