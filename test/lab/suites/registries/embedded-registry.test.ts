import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { container, labUp, resetHost, ssh } from '../../lab.js';

holding('registry1', 'client1');

/** The registry that needs nothing but Node, as a service of a real host, and what engines say to it. */
describe('registry_runtime: embedded', () => {
  let files: Scratch;
  let args: string[];

  beforeAll(async () => {
    await labUp({ vm: false });
    await resetHost('registry1', 'client1');
    files = scratch();
    // Debian 12 has an older Node: the host gets the one that runs these tests.
    await execa('docker', ['cp', process.execPath, `${container('registry1')}:/usr/local/bin/node`]);
    const site = files.write(
      'site.yaml',
      `- hosts: registry1
  vars:
    registry_runtime: embedded
    registry_delete_enabled: true
    image_sync_upstream: http://upstream:5000
    image_sync_local: localhost:5000
    image_sync_images: [library/busybox:1, tools/multiarch:1.0]
  roles: [registry-setup, image-sync]
- hosts: client1
  vars: { docker_install: true, docker_insecure_registries: ["registry1:5000"] }
  roles: [docker-config]
`,
    );
    args = [site, '-i', files.inventory({ registry1: labHost('registry1'), client1: labHost('client1') })];
  });
  afterAll(() => files?.remove());

  it('goes from bare to a service with images that docker pulls and pushes to, and again there is nothing to do', async () => {
    const first = await provisionJson(args);
    expect(named(first.tasks, 'failed')).toEqual([]);
    expect(
      (await ssh('registry1', 'systemctl is-active provision-registry; systemctl is-enabled provision-registry'))
        .stdout,
    ).toBe('active\nenabled');
    const pull =
      'docker pull -q registry1:5000/library/busybox:1 && docker tag registry1:5000/library/busybox:1 registry1:5000/mine/box:2 && docker push -q registry1:5000/mine/box:2';
    expect(await ssh('client1', pull)).toMatchObject({ exitCode: 0 });
    expect((await ssh('registry1', 'curl -s localhost:5000/v2/mine/box/tags/list')).stdout).toContain('"2"');
    const second = await provisionJson(args);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('is kept when other options are asked for, updated by force, and its images stay', async () => {
    const [site = '', ...rest] = args;
    const other = files.write(
      'other.yaml',
      readFileSync(site, 'utf8')
        .replace('registry_delete_enabled: true', 'registry_read_only: true')
        .replace('roles: [registry-setup, image-sync]', 'roles: [registry-setup]'),
    );
    const kept = await provisionJson([other, ...rest, '--limit', 'registry1']);
    expect(named(kept.tasks, 'kept')).toHaveLength(1);
    const forced = await provisionJson([other, ...rest, '--limit', 'registry1', '--force']);
    expect(named(forced.tasks, 'changed')).toHaveLength(1);
    const push = await ssh(
      'registry1',
      "curl -s -o /dev/null -w '%{http_code}' -X POST localhost:5000/v2/mine/box/blobs/uploads/",
    );
    expect(push.stdout).toBe('405');
    expect((await ssh('registry1', 'curl -s localhost:5000/v2/_catalog')).stdout).toContain('mine/box');
  });

  it('is a cache of another registry, from which docker pulls, and again there is nothing to do', async () => {
    const [, ...rest] = args;
    const site = files.write(
      'cache.yaml',
      `- hosts: registry1
  vars:
    registry_runtime: embedded
    registry_instances:
      - port: 5005
        name: cache
        proxy: { remoteurl: "http://upstream:5000", username: cache, password: s3cret-of-upstream, ttl: 168h }
  roles: [registry-setup]
- hosts: client1
  vars: { docker_install: true, docker_insecure_registries: ["registry1:5000", "registry1:5005"] }
  roles: [docker-config]
`,
    );
    const first = await provisionJson([site, ...rest]);
    expect(named(first.tasks, 'failed')).toEqual([]);
    const password = '/etc/docker/registry/cache.proxy-password';
    expect((await ssh('registry1', `stat -c '%a %U' ${password}; cat ${password}`)).stdout).toBe(
      '600 root\ns3cret-of-upstream',
    );
    const words =
      "tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value provision-cache)/cmdline; cat /usr/local/lib/provision/cache/program/*.json";
    expect((await ssh('registry1', words)).stdout).not.toContain('s3cret-of');
    expect(await ssh('client1', 'docker pull -q registry1:5005/tools/multiarch:1.0')).toMatchObject({ exitCode: 0 });
    expect((await ssh('registry1', 'curl -s localhost:5005/v2/_catalog')).stdout).toContain('tools/multiarch');
    const push = "curl -s -o /dev/null -w '%{http_code}' -X POST localhost:5005/v2/mine/box/blobs/uploads/";
    expect((await ssh('registry1', push)).stdout).toBe('405');
    const second = await provisionJson([site, ...rest]);
    expect(named(second.tasks, 'changed', 'failed', 'kept')).toEqual([]);
    const absent = ['-e', 'registry_state=absent', '-e', '{"registry_remove_images": true}'];
    expect(named((await provisionJson([site, ...rest, '--limit', 'registry1', ...absent])).tasks, 'failed')).toEqual(
      [],
    );
    expect((await ssh('registry1', `ls ${password} /var/lib/registry/cache`)).stdout).toBe('');
  });

  it('starts again when it was stopped, and is taken away without its images', async () => {
    await ssh('registry1', 'systemctl stop provision-registry');
    const [site = '', ...rest] = args;
    const force = ['--limit', 'registry1', '--force'];
    const mended = await provisionJson([site, ...rest, ...force]);
    expect(named(mended.tasks, 'failed')).toEqual([]);
    const gone = await provisionJson([
      site,
      ...rest,
      '--limit',
      'registry1',
      '--no-sync',
      '-e',
      'registry_state=absent',
    ]);
    expect(
      (
        await ssh(
          'registry1',
          'systemctl is-active provision-registry; ls /etc/systemd/system | grep provision; ls /var/lib/registry',
        )
      ).stdout,
    ).toBe('inactive\ndocker');
    expect(named(gone.tasks, 'changed')).toHaveLength(1);
  });
});
