import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { labUp, placeOf, resetHost, ssh } from '../../lab.js';

holding('el7', 'el9');

const archive = fileURLToPath(new URL('../../.state/registry2.tar', import.meta.url));

const releases = [
  { host: 'el7', engine: 'docker', firewall: 'iptables', anonymous: 'nfsnobody' },
  { host: 'el9', engine: 'podman', firewall: 'firewalld', anonymous: 'nobody' },
] as const;

/**
 * What rpm and podman write merely to read: the index of the database's log, which sqlite makes anew each time, locks,
 * and tries of what the file system can.
 */
const byReading = [
  /"\/var\/lib\/rpm\/|<\/var\/lib\/rpm\/rpmdb\.sqlite-(wal|shm)>/,
  /"\/(var\/lib\/containers\/storage|etc\/cni\/net\.d|var\/cache\/containers)\/([\w-]+\/)?[\w.-]+\.lock"/,
  /"\/var\/lib\/containers\/storage\/(libpod\/bolt_state\.db|overlay\/\.has-mount-program|overlay)"/,
  /"\/var\/tmp\/\d+"/,
];

describe.each(releases)('the roles on $host', ({ host, engine, firewall, anonymous }) => {
  let folder: Scratch;
  let inventory: string;
  let everything: string[];

  const registries = [`${host}:5000`, `${host}:5001`, 'upstream:5000'];
  const plays = [
    {
      hosts: 'all',
      vars: {
        nfs_exports: ['/var/export/registry31 *(rw,sync,all_squash)'],
        docker_install: true,
        docker_insecure_registries: registries,
        image_sync_upstream: 'http://upstream:5000',
        image_sync_local: `http://${host}:5000`,
        image_sync_images: ['rhosp13/openstack-cron:13.0', 'library/busybox:1'],
      },
      roles: [
        'nfs-export',
        'docker-config',
        'registry-setup',
        {
          role: 'registry-setup',
          vars: {
            registry_runtime: engine,
            registry_port: 5001,
            registry_image_archive: archive,
            registry_storage_directory: '/srv/registry5001',
          },
        },
        'image-sync',
      ],
    },
  ];

  beforeAll(async () => {
    folder = scratch();
    inventory = folder.inventory({ [host]: labHost(host) });
    everything = [folder.write('site.yaml', JSON.stringify(plays)), '-i', inventory];
    await labUp({ vm: false, extra: [host] });
    await resetHost(host);
  });
  afterAll(() => folder.remove());

  const on = async (script: string) => (await ssh(host, script)).stdout;
  const lastingWrites = async (work: () => Promise<unknown>) =>
    (await writesDuring(host, work)).filter((call) => !byReading.some((known) => known.test(call)));
  /** What another machine gets, each time by a connection of its own. */
  const outside = async (port: number) => {
    const url = `http://${placeOf(host).inside}:${port}/v2/`;
    return (await execa('curl', ['-s', '-m', '2', '-o', '/dev/null', '-w', '%{http_code}', url], { reject: false }))
      .stdout;
  };

  it('say what they would do to a bare host, and write nothing', async () => {
    const writes = await lastingWrites(async () => {
      const run = await provisionJson([...everything, '--check']);
      expect(named(run.tasks, 'failed', 'kept')).toEqual([]);
      expect(named(run.tasks, 'would-change')).toContain(`${host} nfs-export package nfs-utils`);
    });
    expect(writes).toEqual([]);
  });

  it('make all of it', async () => {
    const run = await provisionJson(everything);
    expect(named(run.tasks, 'failed', 'kept'), run.stderr).toEqual([]);
    expect(await on('exportfs -s')).toMatch(/^\/var\/export\/registry31\s+\*\(.*all_squash/);
    expect(await on('stat -c %U:%G /var/export/registry31')).toBe(`${anonymous}:${anonymous}`);
    expect(await on('systemctl is-active rpcbind.socket nfs-server docker-distribution')).toBe(
      'active\nactive\nactive',
    );
    expect([await outside(5000), await outside(5001)]).toEqual(['200', '200']);
  });

  it('find nothing to do then, and write nothing', async () => {
    const writes = await lastingWrites(async () => {
      for (const flags of [[], ['--check']]) {
        expect(
          named((await provisionJson([...everything, ...flags])).tasks, 'changed', 'would-change', 'kept', 'failed'),
        ).toEqual([]);
      }
    });
    expect(writes).toEqual([]);
  });

  it(`have ${engine} pull from the registry that was set up`, async () => {
    const pulled = await ssh(host, `${engine} pull -q ${host}:5000/rhosp13/openstack-cron:13.0`);
    expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
    const pushed = await ssh(
      host,
      `${engine} tag ${host}:5000/rhosp13/openstack-cron:13.0 ${host}:5001/cron:1 && ${engine} push -q ${host}:5001/cron:1`,
    );
    expect(pushed, pushed.stderr).toMatchObject({ exitCode: 0 });
    expect(await on(`curl -s http://${host}:5001/v2/_catalog`)).toContain('cron');
  });

  it(`let the older role open the registry's port in ${firewall}, for good`, async () => {
    const packages = firewall === 'firewalld' ? 'firewalld' : 'iptables-services';
    // A firewall's start takes away the rules that docker's own resolver needs.
    const made = await ssh(
      host,
      `echo '${placeOf('upstream').inside} upstream' >>/etc/hosts; yum -y install ${packages} && systemctl enable --now ${firewall}`,
    );
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    await expect.poll(() => outside(5000), { timeout: 10_000 }).toBe('000');
    const site = folder.write('older.yaml', '- hosts: all\n  roles: [docker-registry-setup]\n');
    const vars = {
      docker_registry_setup_upstream_hostname: 'upstream',
      docker_registry_setup_upstream_port: 5000,
      docker_registry_setup_container_images: [{ imagename: 'cron' }],
      docker_registry_setup_force: true,
    };
    const run = () => provisionJson([site, '-i', inventory, '-e', JSON.stringify(vars)]);
    const first = await run();
    expect(named(first.tasks, 'failed', 'kept'), first.stderr).toEqual([]);
    expect(await outside(5000)).toBe('200');
    expect(named((await run()).tasks, 'changed', 'kept', 'failed')).toEqual([]);
    await on(`systemctl restart ${firewall}`);
    await expect.poll(() => outside(5000), { timeout: 10_000 }).toBe('200');
    if (firewall === 'iptables') {
      expect(await on('iptables -S INPUT')).toMatch(/^-A INPUT -p tcp -m tcp --dport 5000 .*-j ACCEPT$/m);
      expect(await on('cat /etc/sysconfig/iptables')).toMatch(/--dport 5000 /);
    } else {
      expect(await on('firewall-cmd --list-ports; firewall-cmd --permanent --list-ports')).toBe('5000/tcp\n5000/tcp');
    }
  });
});
