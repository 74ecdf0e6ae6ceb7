import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

holding('registry1');

/** The play of the older role's documentation, unchanged. */
const play = `---
- hosts: registry
  tasks:
    - import_role:
        name: docker-registry-setup
...
`;

const vars = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    docker_registry_setup_upstream_hostname: 'upstream',
    docker_registry_setup_upstream_port: 5000,
    docker_registry_setup_container_images: [{ imagename: 'cron' }, { imagename: 'nova-api' }, { imagename: 'redis' }],
    ...more,
  });

describe('docker-registry-setup, the older role', () => {
  let folder: Scratch;
  let site: string;

  beforeAll(async () => {
    folder = scratch();
    site = folder.write('docker-registry-setup.yaml', play);
    await resetHost('registry1');
  });
  afterAll(() => folder.remove());

  const run = (more: Record<string, unknown> = {}, ...flags: string[]) =>
    provisionJson([site, '-i', 'inventories/lab.yaml', '-e', vars(more), ...flags]);
  const catalog = async () =>
    JSON.parse((await ssh('registry1', 'curl -s http://registry1:5000/v2/_catalog')).stdout).repositories;

  it('sets up a registry on a bare host and syncs the images that are listed, whatever one of them does', async () => {
    const lacking = [{ imagename: 'cron' }, { imagename: 'no-such-service' }, { imagename: 'redis' }];
    const first = await run({ docker_registry_setup_container_images: lacking });
    expect(first.status).toBe(2);
    expect(named(first.tasks, 'failed')).toHaveLength(1);
    const failed = first.tasks.find(({ outcome }) => outcome === 'failed');
    expect(failed?.summary).toContain('rhosp13/openstack-no-such-service:13.0');
    expect(failed?.summary).not.toContain('cron');
    expect(await catalog()).toEqual(['rhosp13/openstack-cron', 'rhosp13/openstack-redis']);
  });

  it('leaves the set-up of a registry with images as it is, syncs what is missing, and names the force variable', async () => {
    const second = await run();
    expect(second.status).toBe(0);
    const kept = second.tasks.filter(({ outcome }) => outcome === 'kept');
    expect(kept).toHaveLength(1);
    expect(kept[0]?.hint).toContain('docker_registry_setup_force');
    expect(named(second.tasks, 'changed')).toHaveLength(1);
    expect(await catalog()).toContain('rhosp13/openstack-nova-api');
  });

  it('configures again when forced, and finds nothing to change', async () => {
    const forced = await run({ docker_registry_setup_force: true });
    expect(forced.status).toBe(0);
    expect(named(forced.tasks, 'changed', 'kept', 'failed')).toEqual([]);
  });

  it.each(['docker_registry_setup_sync', 'docker_registry_sync'])('only looks with %s: false', async (name) => {
    await ssh('registry1', 'docker pull -q upstream:5000/rhosp13/openstack-mariadb:13.0');
    const more = { [name]: false, docker_registry_setup_container_images: [{ imagename: 'mariadb' }] };
    const look = await run(more);
    expect(look.status).toBe(0);
    expect(named(look.tasks, 'changed', 'failed')).toEqual([]);
    expect(look.tasks.flatMap(({ details = [] }) => details)).toContain('rhosp13/openstack-cron:13.0');
    expect(await catalog()).not.toContain('rhosp13/openstack-mariadb');
  });

  it('ends in an error when there is no registry with images after it', async () => {
    await resetHost('registry1');
    const empty = await run({ docker_registry_setup_sync: false });
    expect(empty.status).toBe(2);
    expect(empty.tasks.find(({ outcome }) => outcome === 'failed')?.summary).toMatch(/no registry/);
  });
});
