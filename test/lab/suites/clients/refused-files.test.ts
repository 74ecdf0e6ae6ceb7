import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { labUp, resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

/** Files that their reader refuses: what ran before goes on, with the file that it ran with. */
describe('a file that its reader refuses', () => {
  let files: Scratch;
  let inventory: string;

  beforeAll(async () => {
    await labUp({ vm: false });
    await resetHost(host);
    files = scratch();
    inventory = files.inventory({ [host]: labHost(host) });
  });
  afterAll(() => files?.remove());

  const run = async (role: string, vars: Record<string, unknown>, ...flags: string[]) => {
    const site = files.write(`${role}.yaml`, `- hosts: all\n  roles: [${role}]\n`);
    const { tasks, stdout } = await provisionJson([site, '-i', inventory, '-e', JSON.stringify(vars), ...flags]);
    expect(tasks.length, stdout).toBeGreaterThan(0);
    return {
      lines: tasks.filter(({ outcome }) => outcome !== 'ok').map(({ outcome, summary }) => `${outcome}: ${summary}`),
      text: JSON.stringify(tasks.at(-1)),
    };
  };
  const on = async (script: string) => (await ssh(host, script)).stdout;

  describe('daemon.json', () => {
    const vars = {
      docker_install: true,
      docker_insecure_registries: ['registry1:5000'],
      docker_log_options: { 'max-size': '10m' },
    };
    const content = () => on('cat /etc/docker/daemon.json');
    const pid = () => on('systemctl show -p MainPID --value docker');
    let good: string;

    beforeAll(async () => {
      expect((await run('docker-config', vars)).lines.filter((line) => line.startsWith('failed'))).toEqual([]);
      good = await content();
    });

    it.each([
      [{ 'mtu-of-bridge-zero': 1 }, 'match any configuration option: mtu-of-bridge-zero', 'restart'],
      [{ 'default-address-pools': 'x' }, 'cannot unmarshal', 'restart'],
      [{ labels: ['x'] }, 'bad attribute format: x', 'reload'],
    ])('is put back, and dockerd runs with the old one: %j', async (docker_daemon_options, reason, how) => {
      const before = await pid();
      const { lines, text } = await run('docker-config', { ...vars, docker_daemon_options });
      expect(lines).toEqual([expect.stringMatching(/^changed: added/), expect.stringMatching(/^failed: /)]);
      expect(text).toContain(reason);
      expect(text).toContain('the old content of /etc/docker/daemon.json is put back, and in effect again');
      expect(await content()).toBe(good);
      expect(await on('docker info -f "{{.RegistryConfig.IndexConfigs}}"')).toContain('registry1:5000');
      if (how === 'reload') expect(await pid()).toBe(before);
      expect((await run('docker-config', vars)).lines).toEqual([]);
    });

    it('is not put into effect where it was kept, or edited by hand', async () => {
      const before = await pid();
      const edit = (from: string, to: string) => on(`sed -i 's/${from}/${to}/' /etc/docker/daemon.json`);
      await edit('"10m"', '"99m", "tag": "x", "debug": true');
      expect((await run('docker-config', vars)).lines).toEqual([
        expect.stringMatching(/^kept: exists and differs .*replaced log-opts\.max-size/),
        'kept: /etc/docker/daemon.json was kept, so it is not put into effect (log-opts)',
      ]);
      await edit('99m", "tag": "x", "debug": true', '10m", "tag": "x"');
      expect((await run('docker-config', vars)).lines).toEqual([
        'kept: /etc/docker/daemon.json was edited by somebody else, so it is not put into effect (log-opts)',
      ]);
      expect(await pid()).toBe(before);
      await ssh(host, `cat >/etc/docker/daemon.json`, { input: `${good}\n` });
    });

    it('is mended by a corrected site, where an earlier run has put in what dockerd refuses', async () => {
      await edited('"registry1:5000"', '"registry1:5000", "registry1:5000/team"');
      await on('systemctl restart docker; systemctl reset-failed docker');
      expect(await on('systemctl is-active docker')).not.toBe('active');
      expect((await run('docker-config', vars)).lines).toEqual([
        'changed: removed insecure-registries "registry1:5000/team", which dockerd refuses',
        expect.stringMatching(/^changed: (failed -> )?started$/),
      ]);
      expect(await content()).toBe(good);
    });

    it('has the entries of the site alone where that is said, with force', async () => {
      await edited('"registry1:5000"', '"old:5000", "registry1:5000"');
      await on('systemctl reload docker');
      const alone = { ...vars, docker_insecure_registries_exclusive: true };
      expect((await run('docker-config', alone)).lines[0]).toBe(
        'kept: exists and differs (replaced insecure-registries), edited since provision wrote it',
      );
      expect((await run('docker-config', alone, '--force')).lines).toEqual([
        'changed: replaced insecure-registries',
        'changed: reloaded: insecure-registries',
      ]);
      expect(await on('docker info -f "{{.RegistryConfig.IndexConfigs}}"')).not.toContain('old:5000');
    });

    const edited = (from: string, to: string) => on(`sed -i 's|${from}|${to}|' /etc/docker/daemon.json`);

    it('leaves proxies that the site has no longer, until forced', async () => {
      const proxied = { ...vars, docker_proxies: { http: 'http://proxy:3128' } };
      expect((await run('docker-config', proxied)).lines).toContain('changed: restarted: HTTP_PROXY');
      expect((await run('docker-config', vars)).lines).toEqual([
        expect.stringMatching(/^kept: made by "template \S+\/http-proxy.conf" in an earlier run/),
      ]);
      await run('docker-config', vars, '--force');
      expect(await on("docker info -f '{{.HTTPProxy}}'")).toBe('');
      expect((await run('docker-config', vars, '--force')).lines).toEqual([]);
    });

    it('leaves a docker alone that another package has brought', async () => {
      await on(`mkdir -p /tmp/ce/DEBIAN /tmp/ce/usr/sbin; printf '#!/bin/sh\\n' >/tmp/ce/usr/sbin/dockerd; chmod 755 /tmp/ce/usr/sbin/dockerd
        printf 'Package: docker-ce\\nVersion: 5:27.0\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nConflicts: docker.io\\nDescription: x\\n' >/tmp/ce/DEBIAN/control
        apt-get remove -y -q docker.io; dpkg-deb -Znone -b /tmp/ce /tmp/ce.deb && dpkg -i /tmp/ce.deb`);
      expect(await on('command -v dockerd')).toBe('/usr/sbin/dockerd');
      const { text } = await run('docker-config', { docker_install: true, docker_service: 'none' });
      expect(text).toContain('none');
      expect(await on("dpkg-query -W -f '${db:Status-Abbrev}' docker-ce")).toContain('ii');
    });
  });

  /** The container's kernel has no NFS; the table of exportfs is there all the same. */
  describe('/etc/exports', () => {
    const old = '/srv/old *(ro,no_subtree_check)\n';
    const table = () => on("cut -d, -f1 /var/lib/nfs/etab | tr '\\t' ' '");
    const role = (vars: Record<string, unknown>, ...flags: string[]) =>
      run('nfs-export', { nfs_services: [], ...vars }, ...flags);

    beforeAll(async () => {
      await on('apt-get install -y -q --no-install-recommends nfs-kernel-server; mkdir -p /srv/old /srv/new');
      await ssh(host, 'cat >/etc/exports', { input: old });
      await on('exportfs -ra');
    });

    it('withdraws nothing for a line that the host cannot read', async () => {
      const nfs_exports = ['/srv/new *(rw,xprtsec=tls)', '/srv/old *(ro,no_subtree_check)'];
      const { lines, text } = await role({ nfs_exports }, '--force');
      expect(lines).toEqual([expect.stringMatching(/^failed: /)]);
      expect(text).toContain('/etc/exports:1: unknown keyword \\"xprtsec=tls\\"');
      expect(await table()).toBe('/srv/old *(ro');
      expect(`${await on('cat /etc/exports')}\n`).toBe(old);
    });

    it('exports nothing anew because of a file that somebody has broken, and names the line', async () => {
      const broken = '/srv/bad *(fsid=abc)\n/srv/new *(rw)\n/srv/old *(ro,no_subtree_check)\n';
      await ssh(host, 'cat >/etc/exports', { input: broken });
      const { text } = await role({ nfs_exports: ['/srv/new *(rw)', '/srv/old *(ro,no_subtree_check)'] });
      expect(text).toContain('1: bad fsid \\"fsid=abc\\"');
      expect(await table()).toBe('/srv/old *(ro');
    });

    it('is put right by the corrected site, and exports what can be exported beside what cannot', async () => {
      await on('ln -sfn /srv/new /srv/link');
      const nfs_exports = ['/srv/link *(rw,fsid=root)', '/srv/old nohost.invalid(rw) *(ro)'];
      const { lines, text } = await role({ nfs_exports }, '--force');
      expect(lines.at(-1)).toMatch(/^failed: .*nohost\.invalid: not exported/);
      expect(text).not.toContain('subtree_check');
      expect(await table()).toBe('/srv/old *(ro\n/srv/new *(rw');
      expect((await role({ nfs_exports: ['/srv/link *(rw,fsid=root)', '/srv/old *(ro)'] }, '--force')).lines).toEqual([
        expect.stringMatching(/^changed: content replaced/),
        'changed: run',
      ]);
      expect((await role({ nfs_exports: ['/srv/link *(rw,fsid=root)', '/srv/old *(ro)'] })).lines).toEqual([]);
    });
  });
});
