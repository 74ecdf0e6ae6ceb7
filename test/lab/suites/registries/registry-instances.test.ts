import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { named, provision, provisionJson } from '../../../kit/provision.js';
import { takeHosts } from '../../../kit/vitest/holding.js';
import { writesDuring } from '../../../kit/watch-writes.js';
import { placeOf, resetHost, ssh } from '../../lab.js';

const [host] = await takeHosts(1);

interface Entry {
  readonly version: number;
  readonly read_only?: boolean;
  readonly state?: string;
}

/** Three registries, each with the storage of a version, as the variables of a site. */
function site(entries: readonly Entry[], more: Readonly<Record<string, unknown>> = {}): string {
  const registry_instances = entries.map((entry, index) => ({
    port: 5000 + index,
    storage_directory: `/srv/images/${entry.version}`,
    ...entry,
  }));
  return JSON.stringify([{ hosts: 'all', vars: { registry_instances, ...more }, roles: ['registry-setup'] }]);
}

const archive = fileURLToPath(new URL('../../.state/registry2.tar', import.meta.url));

const three: readonly Entry[] = [{ version: 31 }, { version: 32, read_only: true }, { version: 33, read_only: true }];

describe('several registries of one host', () => {
  let folder: Scratch;

  beforeAll(async () => {
    folder = scratch();
    await resetHost(host);
    // What tells the versions apart.
    const made = await ssh(
      host,
      'for v in 31 32 33 34; do mkdir -p /srv/images/$v/docker/registry/v2/repositories/v$v/_layers; done; chmod -R a+rwX /srv/images',
    );
    expect(made.exitCode).toBe(0);
  });
  afterAll(() => folder.remove());

  const run = (text: string, ...options: string[]) =>
    provisionJson([folder.write('site.yaml', text), '-i', folder.inventory({ [host]: labHost(host) }), ...options]);

  /** What each registry has, and how it answers the start of an upload. */
  const seen = async (): Promise<Record<number, string>> => {
    const { stdout } = await ssh(
      host,
      `for port in 5000 5001 5002; do echo $port $(curl -s http://localhost:$port/v2/_catalog) $(curl -s -o /dev/null -w '%{http_code}' -X POST http://localhost:$port/v2/new/blobs/uploads/); done`,
    );
    const lines = stdout.trim().split('\n');
    return Object.fromEntries(
      lines.map((line) => [Number(line.slice(0, 4)), line.slice(5).replace('{"repositories":', '').replace('}', '')]),
    );
  };

  it('run side by side, each with its storage, read-only or not', async () => {
    const { tasks } = await run(site(three));
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(await seen()).toEqual({ 5000: '["v31"] 202', 5001: '["v32"] 405', 5002: '["v33"] 405' });
    const { stdout } = await ssh(host, 'systemctl is-active docker-registry; systemctl is-enabled docker-registry');
    expect(stdout.trim().split('\n')).toEqual(['inactive', 'disabled']);
  });

  it('are left alone by a second run, which writes nothing', async () => {
    const writes = await writesDuring(host, async () => {
      const { tasks } = await run(site(three));
      expect(named(tasks, 'changed', 'failed', 'kept')).toEqual([]);
    });
    expect(writes).toEqual([]);
  });

  const other: readonly Entry[] = [{ version: 31 }, { version: 34, read_only: true }, { version: 33, read_only: true }];

  it('keep their storage when another is asked for, unless forced', async () => {
    const check = await run(site(other), '--check', '--force');
    expect(named(check.tasks, 'would-change')).toEqual([
      `${host} registry-setup template /etc/docker/registry/registry5001.yml`,
      `${host} registry-setup file /etc/systemd/system/provision-registry-registry5001.service`,
      `${host} registry-setup handler restart registry5001`,
    ]);
    const { tasks } = await run(site(other));
    expect(named(tasks, 'changed', 'failed')).toEqual([]);
    expect(named(tasks, 'kept')).toEqual([
      `${host} registry-setup template /etc/docker/registry/registry5001.yml`,
      `${host} registry-setup file /etc/systemd/system/provision-registry-registry5001.service`,
    ]);
    expect(await seen()).toMatchObject({ 5001: '["v32"] 405' });
  });

  it('change their storage by force, at their port, and stay read-only', async () => {
    const { tasks } = await run(site(other), '--force');
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    expect(await seen()).toEqual({ 5000: '["v31"] 202', 5001: '["v34"] 405', 5002: '["v33"] 405' });
    expect(named((await run(site(other), '--force')).tasks, 'changed', 'failed')).toEqual([]);
  });

  it('are not made writable because nothing was said', async () => {
    const unsaid = site([{ version: 31 }, { version: 32 }, { version: 33, read_only: true }]);
    const { status, tasks } = await run(unsaid, '--force');
    expect(status).toBe(2);
    const failed = tasks.find(({ outcome }) => outcome === 'failed');
    expect(failed?.hint).toContain('set registry_read_only: true to keep it so');
    expect(await seen()).toMatchObject({ 5001: '["v34"] 405' });
  });

  it('are taken away one by one; their images stay', async () => {
    const { tasks } = await run(
      site([{ version: 31 }, { version: 34, state: 'absent' }, { version: 33, read_only: true }]),
    );
    expect(named(tasks, 'failed')).toEqual([]);
    expect(await seen()).toMatchObject({ 5001: '000', 5002: '["v33"] 405' });
    const { exitCode } = await ssh(
      host,
      'test -d /srv/images/34/docker && ! test -e /etc/systemd/system/provision-registry-registry5001.service',
    );
    expect(exitCode).toBe(0);
  });

  it('may serve what another writes: a read-only replica has at once what is pushed to the one writer', async () => {
    const replica = { port: 5003, version: 31, read_only: true };
    const { tasks } = await run(
      site([{ version: 31 }, { version: 34, state: 'absent' }, { version: 33, read_only: true }, replica]),
    );
    expect(named(tasks, 'failed')).toEqual([]);
    const at = (port: number) => `http://${placeOf(host).inside}:${port}`;
    const from = `http://${placeOf('upstream').inside}:5000`;
    const pushed = await provision(['images', 'sync', 'library/busybox:1', '--from', from, '--to', at(5000)]);
    expect(pushed).toMatchObject({ status: 0 });
    const pulled = await provision([
      'images',
      'save',
      'library/busybox:1',
      '--from',
      at(5003),
      '--out',
      `${folder.path}/b.tar`,
    ]);
    expect(pulled).toMatchObject({ status: 0 });
    const refused = await fetch(`${at(5003)}/v2/new/blobs/uploads/`, { method: 'POST' });
    expect(refused.status).toBe(405);
  });

  it("are refused before anything is contacted where they would get in each other's way", async () => {
    const text = folder.write('site.yaml', site([{ version: 31 }, { version: 31 }]));
    const { status, stderr } = await provision([text, '-i', folder.inventory({ [host]: labHost(host) })]);
    expect(status).toBe(1);
    expect(stderr).toContain('registry5000 writes to /srv/images/31 too. Make all but one of them read_only');
  });
});

describe('registries in containers, by two engines on one host', () => {
  let folder: Scratch;
  let args: string[];
  const text = JSON.stringify([
    {
      hosts: 'all',
      vars: {
        docker_install: true,
        registry_image: 'registry:2',
        registry_image_archive: archive,
        registry_instances: [
          { port: 5000, runtime: 'docker' },
          { port: 5001, runtime: 'podman', read_only: true, metrics: { port: 5101, address: '127.0.0.1' } },
          { port: 5002, runtime: 'podman', user: 'images' },
        ],
      },
      roles: ['docker-config', 'registry-setup'],
    },
  ]);

  beforeAll(async () => {
    folder = scratch();
    args = [folder.write('site.yaml', text), '-i', folder.inventory({ [host]: labHost(host) })];
    await resetHost(host);
    // The file system of the lab's hosts can't be overlaid once more.
    const storage =
      '[storage]\ndriver = "vfs"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n';
    const made = await ssh(
      host,
      'mkdir -p /etc/containers && cat > /etc/containers/storage.conf; useradd -m images; mkdir -p /dev/net; [ -e /dev/net/tun ] || mknod -m 666 /dev/net/tun c 10 200',
      { input: storage },
    );
    expect(made.exitCode).toBe(0);
  });
  afterAll(() => folder.remove());

  it('answer: one read-only and with metrics, one run by a user without root', async () => {
    const { tasks } = await provisionJson(args);
    expect(named(tasks, 'failed', 'kept')).toEqual([]);
    const { stdout } = await ssh(
      host,
      `for port in 5000 5001 5002; do curl -s -o /dev/null -w '%{http_code} ' -X POST http://localhost:$port/v2/new/blobs/uploads/; done; curl -s localhost:5101/metrics | grep -c ^registry_`,
    );
    expect(stdout).toMatch(/^202 405 202 [1-9]/);
    const units = await ssh(
      host,
      'systemctl is-enabled provision-registry-registry5001; podman ps --format "{{.Names}}"; docker ps --format "{{.Names}}"; stat -c %U /var/lib/registry/registry5002/docker',
    );
    expect(units.stdout.trim().split('\n')).toEqual(['enabled', 'registry5001', 'registry5000', 'images']);
  });

  it('are left alone by a second run', async () => {
    const { tasks } = await provisionJson(args);
    expect(named(tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });

  it('come back when the host starts podman again, with what they had', async () => {
    await ssh(host, 'systemctl restart provision-registry-registry5001');
    const { tasks } = await provisionJson(args);
    expect(named(tasks, 'changed', 'failed', 'kept')).toEqual([]);
  });
});
