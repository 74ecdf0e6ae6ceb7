import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

const five = ['mariadb', 'nova-api', 'glance-api', 'keystone', 'horizon'];

/** One registry with five repositories: its name, its content and its port are looked at themselves. */
describe('a registry on a host', () => {
  let folder: Scratch;

  beforeAll(async () => {
    folder = scratch();
    await resetHost(host);
  });
  afterAll(() => folder.remove());

  const run = (instance: Readonly<Record<string, unknown>>, more: readonly object[] = [], ...options: string[]) => {
    const vars = {
      registry_accounts: [{ name: 'puller', password: 'pull-it' }],
      registry_backup_schedule: 'daily',
      registry_backup_directory: '/srv/backups',
      registry_instances: [instance],
    };
    const text = JSON.stringify([{ hosts: 'all', vars, roles: ['registry-setup'] }, ...more]);
    return provisionJson([
      folder.write('site.yaml', text),
      '-i',
      folder.inventory({ [host]: labHost(host) }),
      ...options,
    ]);
  };
  const sync = (more: Readonly<Record<string, unknown>> = {}) => ({
    hosts: 'all',
    vars: {
      image_sync_upstream: 'http://upstream:5000',
      image_sync_local: 'localhost:5000',
      image_sync_credentials: { 'localhost:5000': { username: 'puller', password: 'pull-it' } },
      image_sync_images: five.map((name) => ({ name: `rhosp13/openstack-${name}:13.0`, target: `mirror/${name}` })),
      ...more,
    },
    roles: ['image-sync'],
  });
  const catalog = async () => (await ssh(host, 'curl -s -u puller:pull-it localhost:5000/v2/_catalog')).stdout.trim();
  const all = JSON.stringify({ repositories: five.map((name) => `mirror/${name}`).toSorted() });

  it('that is renamed keeps its five repositories, accounts and timers, and leaves no second unit', async () => {
    const first = await run({ name: 'main', port: 5000 }, [sync()]);
    expect(named(first.tasks, 'failed')).toEqual([]);
    expect(await catalog()).toBe(all);
    const { tasks } = await run({ name: 'prod', port: 5000 });
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(tasks.find(({ outcome }) => outcome === 'changed')?.summary).toBe(
      'moved from main (provision-registry-main.service) to prod, its images from /var/lib/docker-registry/main to /var/lib/docker-registry/prod',
    );
    expect(await catalog()).toBe(all);
    const { stdout } = await ssh(
      host,
      'systemctl list-unit-files --no-legend "provision-registry-*" | cut -d" " -f1; ls /var/lib/docker-registry /etc/docker/registry',
    );
    expect(stdout).not.toContain('main');
    expect(stdout).toContain('provision-registry-backup-prod.timer');
    expect(named((await run({ name: 'prod', port: 5000 })).tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('that lost a layer from its disk is sent it again, and the layer is named', async () => {
    const prod = { name: 'prod', port: 5000 };
    const blobs = '/var/lib/docker-registry/prod/docker/registry/v2/blobs/sha256';
    const { stdout } = await ssh(host, `find ${blobs} -name data -size +8k | head -n 1`);
    const digest = `sha256:${stdout.trim().split('/').at(-2)}`;
    // The registry has answered for it, and remembers that it is there.
    await run(prod, [sync({ image_sync_verify: 'present' })]);
    await ssh(host, `rm ${stdout.trim()}`);
    const check = await run(prod, [sync({ image_sync_verify: 'present' })], '--check');
    expect(
      check.tasks.find(({ role, outcome }) => role === 'image-sync' && outcome === 'would-change')?.summary,
    ).toContain(`does not have blob ${digest}`);
    const { tasks } = await run(prod, [sync({ image_sync_verify: 'deep' })]);
    expect(named(tasks, 'failed')).toEqual([]);
    expect(tasks.filter(({ outcome }) => outcome === 'changed').map(({ role }) => role)).toEqual(['image-sync']);
    const again = await run(prod, [sync({ image_sync_verify: 'deep' })]);
    expect(named(again.tasks, 'changed', 'failed')).toEqual([]);
    expect((await ssh(host, `test -s ${stdout.trim()}`)).exitCode).toBe(0);
  });

  it("that is somebody else's, with accounts, is kept by another unit's run, and nothing fights for its port", async () => {
    await run({ name: 'prod', port: 5000, state: 'absent' });
    const config =
      'version: 0.1\nstorage: { filesystem: { rootdirectory: /srv/other } }\nhttp: { addr: ":5000" }\nauth: { htpasswd: { realm: other, path: /srv/other.htpasswd } }\n';
    await ssh(host, 'cat > /srv/other.yml', { input: config });
    const started = await ssh(
      host,
      `mkdir -p /srv/other && echo 'other:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' > /srv/other.htpasswd && systemd-run --unit other-registry docker-registry serve /srv/other.yml; sleep 2; curl -s -o /dev/null -w '%{http_code}' localhost:5000/v2/`,
    );
    expect(started.stdout).toBe('401');
    const { status, tasks } = await run({ name: 'prod', port: 5000 });
    expect(status).toBe(0);
    expect(named(tasks, 'changed', 'failed')).toEqual([]);
    expect(tasks.find(({ outcome }) => outcome === 'kept')?.summary).toBe(
      'a registry that asks for an account (what is in it is not known) is there already, run by something else (port 5000 is held by other-registry.service): kept',
    );
    const forced = await run({ name: 'prod', port: 5000 }, [], '--force');
    expect(forced.status).toBe(2);
    const units = await ssh(
      host,
      'systemctl list-unit-files --no-legend "provision-registry-*"; systemctl stop other-registry',
    );
    expect(units.stdout.trim()).toBe('');
  });
});
