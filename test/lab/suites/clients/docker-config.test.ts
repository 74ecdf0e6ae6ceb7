import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

holding('client1');

describe('docker-config', () => {
  let folder: Scratch;
  let site: string;

  beforeAll(() => {
    folder = scratch();
    site = folder.write('site.yaml', '- hosts: client1\n  roles: [docker-config]\n');
  });
  afterAll(() => folder.remove());

  const run = async (vars: Record<string, unknown>, ...flags: string[]) => {
    const args = [site, '-i', 'inventories/lab.yaml', '-e', JSON.stringify(vars), ...flags];
    const { tasks, stdout } = await provisionJson(args);
    expect(tasks.length, stdout).toBeGreaterThan(0);
    const lines = tasks
      .filter(({ outcome }) => outcome !== 'ok')
      .map(({ outcome, summary }) => `${outcome}: ${summary}`);
    // The tests give the role one set of variables after the other: what the last one named is not named any more.
    return lines.filter((line) => !line.endsWith('the site no longer names it'));
  };
  const client = async (script: string) => (await ssh('client1', script)).stdout;
  const pid = () => client('systemctl show -p MainPID --value docker');

  describe('in daemon.json', () => {
    const vars = {
      docker_install: true,
      docker_config_style: 'daemon-json',
      docker_insecure_registries: ['registry1:5000'],
      docker_log_options: { 'max-size': '10m' },
    };
    beforeAll(async () => {
      await resetHost('client1');
      expect(await run(vars)).toContain('changed: restarted: insecure-registries, log-opts');
      expect(await run(vars)).toEqual([]);
    });

    it('reloads a daemon that does not need more', async () => {
      const before = await pid();
      const more = {
        ...vars,
        docker_insecure_registries: ['registry1:5000', 'upstream:5000'],
        docker_live_restore: true,
      };
      expect(await run(more)).toEqual([
        'changed: added insecure-registries "upstream:5000", live-restore',
        'changed: reloaded: insecure-registries, live-restore',
      ]);
      expect(await pid()).toBe(before);
      expect(await run(more)).toEqual([]);
      expect(await client('docker pull -q upstream:5000/library/busybox:1')).toContain('busybox');
    });

    it('brings a file that an interrupted run has written to the daemon', async () => {
      const before = await pid();
      await client(`cp -p /etc/docker/daemon.json /etc/docker/daemon.json.2026-01-01T000000Z.bak
        sed 's/10m/30m/' /etc/docker/daemon.json >/tmp/new && mv /tmp/new /etc/docker/daemon.json`);
      expect(await run({ ...vars, docker_log_options: { 'max-size': '30m' } })).toEqual([
        'changed: restarted: log-opts',
      ]);
      expect(await pid()).not.toBe(before);
      // A file that is kept is what the daemon holds, and not fought over.
      expect(await run(vars)).toEqual([
        'kept: exists and differs (replaced log-opts.max-size), edited since provision wrote it',
      ]);
    });

    it('refuses an option that would stop dockerd, before it is written', async () => {
      await client(`echo 'DOCKER_OPTS="--log-driver=journald"' >>/etc/default/docker`);
      const before = await client('cat /etc/docker/daemon.json');
      const refused = await run({ ...vars, docker_log_driver: 'local' });
      expect(refused).toEqual([expect.stringMatching(/^failed: .*--log-driver.*\/etc\/default\/docker.*daemon\.json/)]);
      expect(await client('cat /etc/docker/daemon.json')).toBe(before);
    });
  });

  describe('in /etc/sysconfig/docker', () => {
    const vars = {
      docker_install: true,
      docker_config_style: 'sysconfig',
      docker_insecure_registries: ['registry1:5000'],
      docker_live_restore: true,
      docker_proxies: { http: 'http://proxy:3128', no_proxy: ['registry1', 'upstream'] },
    };

    it('goes from bare to a dockerd that was started with it, and finds nothing to do then', async () => {
      await resetHost('client1');
      expect((await run(vars)).filter((line) => !line.startsWith('changed: '))).toEqual([]);
      expect(await client('tr "\\0" " " </proc/$(systemctl show -p MainPID --value docker)/cmdline')).toMatch(
        /--live-restore --insecure-registry registry1:5000/,
      );
      expect(await client("docker info -f '{{.HTTPProxy}} {{.NoProxy}}'")).toBe('http://proxy:3128 registry1,upstream');
      expect(await run(vars)).toEqual([]);
    });

    it('keeps entries that others have added', async () => {
      await client(`sed -i 's/registry1:5000/other:5000/' /etc/sysconfig/docker`);
      expect(await run(vars)).toEqual([
        'changed: added --insecure-registry registry1:5000',
        'changed: restarted: --insecure-registry',
      ]);
      expect(await client('grep INSECURE /etc/sysconfig/docker')).toBe(
        'INSECURE_REGISTRY="--insecure-registry other:5000 --insecure-registry registry1:5000"',
      );
    });

    it('tells what the log of a dockerd that does not start says', async () => {
      const { tasks } = await provisionJson([
        ...[site, '-i', 'inventories/lab.yaml', '--force'],
        ...['-e', JSON.stringify({ ...vars, docker_options: ['--no-such-option'] })],
      ]);
      expect(named(tasks, 'failed')).toEqual(['client1 docker-config docker runs with its configuration']);
      expect(JSON.stringify(tasks.at(-1))).toContain('unknown flag: --no-such-option');
    });
  });
});
