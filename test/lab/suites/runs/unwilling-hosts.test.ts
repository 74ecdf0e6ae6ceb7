import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { labHost, type Scratch, scratch } from '../../../kit/inventory.js';
import { provision, provisionJson } from '../../../kit/provision.js';
import { holding } from '../../../kit/vitest/holding.js';
import { container, resetHost, ssh, users } from '../../lab.js';

holding('registry1', 'client1');

/** Hosts that can't be worked with: a clear error for each, the others finish, and the exit status tells. */
describe('unwilling hosts', () => {
  let folder: Scratch;
  let site: string;

  beforeAll(() => resetHost('registry1', 'client1'));
  beforeEach(() => {
    folder = scratch();
    site = folder.write(
      'site.yaml',
      '- hosts: all\n  tasks:\n    - file: { path: /etc/provisioned, content: "yes\\n", mode: "0644" }\n',
    );
  });
  afterEach(async () => {
    folder.remove();
    await ssh('client1', 'rm -f /etc/provisioned');
  });

  /** Runs the site on client1 and one unwilling host; client1 must be done. */
  async function beside(
    unwilling: Readonly<Record<string, unknown>>,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ) {
    const inventory = folder.inventory({ client1: labHost('client1'), other: unwilling });
    const run = await provisionJson([site, '-i', inventory, ...args], { env });
    expect(run.report.hosts.client1).toMatchObject({ failed: 0, unreachable: 0, ok: 1 });
    const said = run.events.find(({ event }) => event === 'host-unreachable' || event === 'host-failed');
    return {
      ...run,
      said: said !== undefined && 'message' in said ? said.message : '',
      hint: said !== undefined && 'hint' in said ? said.hint : '',
    };
  }

  it('refuses a host key that it does not know, with the fingerprint, and takes it with --accept-new', async () => {
    const empty = folder.write('known_hosts', '');
    const stranger = labHost('registry1', { known_hosts_file: empty });
    const { status, said, hint } = await beside(stranger);
    expect(status).toBe(4);
    expect(said).toMatch(/host key.*SHA256:/s);
    expect(hint).toContain('--accept-new');
    const accepted = await beside(stranger, ['--accept-new']);
    expect(accepted.status).toBe(0);
    expect((await beside(stranger)).status).toBe(0);
  });

  it('refuses a host key that has changed, even with --accept-new', async () => {
    const place = labHost('registry1');
    const { stdout } = await execa('docker', [
      'exec',
      container('client1'),
      'cat',
      '/etc/ssh/ssh_host_ed25519_key.pub',
    ]);
    const wrong = folder.write(
      'known_hosts',
      `[${place.host}]:${place.port} ${stdout.split(' ').slice(0, 2).join(' ')}\n`,
    );
    const { status, said } = await beside({ ...place, known_hosts_file: wrong }, ['--accept-new']);
    expect(status).toBe(4);
    expect(said).toMatch(/changed/);
    expect(said).toContain(`${wrong}:1`);
  });

  it('says that a sudo password is wrong, missing, or of no use', async () => {
    const clerk = labHost('registry1', { user: 'clerk', become: true });
    const wrong = await beside({ ...clerk, become_password: 'not it' });
    expect(wrong.status).toBe(2);
    expect(wrong.said).toMatch(/sudo.*password.*(wrong|not accepted)|wrong.*password/i);
    const missing = await beside(clerk);
    expect(missing.said).toMatch(/password/);
    expect(missing.hint).toContain('-K');
    const guest = await beside(labHost('registry1', { user: 'guest', become: true, become_password: 'any' }));
    expect(guest.said).not.toBe('');
    expect(guest.status).toBe(2);
    const right = await beside({ ...clerk, become_password: users.clerk.password });
    expect(right.status).toBe(0);
    expect((await ssh('registry1', 'stat -c %U /etc/provisioned')).stdout).toBe('root');
  });

  it('reports a host that is down as unreachable', async () => {
    const { status, said } = await beside(labHost('registry1', { host: '127.0.1.250', connect_timeout: 3 }));
    expect(status).toBe(4);
    expect(said).toContain('127.0.1.250');
  });

  it('leaves nothing behind on a full disk, and says that it is full', async () => {
    await ssh(
      'registry1',
      'mkdir -p /srv/small && mount -t tmpfs -o size=64k tmpfs /srv/small && mkdir /srv/small/etc',
    );
    const big = folder.write('big', 'x'.repeat(200_000));
    const full = folder.write(
      'full.yaml',
      `- hosts: all\n  tasks:\n    - file: { path: /srv/small/etc/big, src: ${big} }\n`,
    );
    await ssh('client1', 'mkdir -p /srv/small/etc');
    const inventory = folder.inventory({ client1: labHost('client1'), other: labHost('registry1') });
    const run = await provisionJson([full, '-i', inventory]);
    expect(run.status).toBe(2);
    expect(run.report.hosts.client1).toMatchObject({ failed: 0, changed: 1 });
    const failed = run.tasks.find(({ outcome }) => outcome === 'failed');
    expect(`${failed?.summary} ${failed?.stderr}`).toMatch(/No space left on device/);
    expect((await ssh('registry1', 'find /srv/small -type f')).stdout).toBe('');
    await ssh('registry1', 'umount /srv/small');
  });

  it('shows what its journal says when dockerd will not start', async () => {
    await ssh('registry1', 'apt-get install -y --no-install-recommends docker.io', { timeout: 300_000 });
    await ssh(
      'registry1',
      'systemctl stop docker.socket docker; printf "{ \\"storage-driver\\": \\"no-such-driver\\" }" > /etc/docker/daemon.json',
    );
    const start = folder.write(
      'start.yaml',
      '- hosts: all\n  tasks:\n    - service: { name: docker, state: started, enabled: true }\n',
    );
    const run = await provisionJson([start, '-i', folder.inventory({ other: labHost('registry1') })]);
    expect(run.status).toBe(2);
    const failed = run.tasks.find(({ outcome }) => outcome === 'failed');
    expect(`${failed?.summary} ${failed?.stderr} ${failed?.stdout} ${failed?.hint}`).toContain('no-such-driver');
    await ssh('registry1', 'rm -f /etc/docker/daemon.json; systemctl reset-failed docker');
  });

  it('lets one run at a time work on a host', async () => {
    const slow = folder.write('slow.yaml', '- hosts: all\n  tasks:\n    - command: { cmd: sleep 8, always: true }\n');
    const inventory = folder.inventory({ other: labHost('registry1') });
    const first = provision([slow, '-i', inventory]);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const second = await provisionJson([
      site,
      '-i',
      folder.write(
        'both.yaml',
        JSON.stringify({ all: { hosts: { client1: labHost('client1'), other: labHost('registry1') } } }),
      ),
    ]);
    expect(second.status).toBe(2);
    expect(second.report.hosts.client1).toMatchObject({ failed: 0, ok: 1 });
    const locked = second.events.find(({ event }) => event === 'host-failed');
    expect(JSON.stringify(locked)).toMatch(/another run|locked/);
    expect((await first).status).toBe(0);
    expect((await provision([site, '-i', inventory])).status).toBe(0);
  });
});
