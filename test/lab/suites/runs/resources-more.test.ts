import { connect } from 'node:net';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../../../src/model/task.js';
import { firewall_port } from '../../../../src/resources/firewall-port/firewall-port.js';
import { sysctl } from '../../../../src/resources/kernel/sysctl/sysctl.js';
import { cron } from '../../../../src/resources/services/cron/cron.js';
import { check, converge, type Pass, runScript } from '../../../kit/converge-locally.js';
import { holding, takeHosts } from '../../../kit/vitest/holding.js';
import { container, labUp, placeOf, resetHost } from '../../lab.js';

const [host] = await takeHosts(1);
holding('el7');

/** How a host's resources are tried out, and what is seen of it from elsewhere. */
function trialOn(host: string) {
  const on = { way: ['docker', 'exec', '-i', container(host)] };
  const said = async (script: string) => (await runScript(script, '', on)).stdout.trim();
  return {
    on,
    said,
    /** Runs a script that must succeed. */
    has: async (script: string) => {
      const { status, stderr, stdout } = await runScript(script, '', on);
      expect(status, stderr + stdout).toBe(0);
    },
    /** Converges once, expects a change that holds, and then nothing to do. */
    changes: async (task: Task, force = false): Promise<Pass> => {
      const pass = await converge(task, { ...on, force });
      expect(pass.failure).toBeUndefined();
      expect(pass.plan.verdict, JSON.stringify(pass.plan)).toBe('change');
      expect(await check(task, on)).toMatchObject({ verdict: 'ok' });
      return pass;
    },
    check: (task: Task) => check(task, on),
    /** Whether packets get to a port: nothing listens there, so that the kernel's own answer says so. */
    letsIn: (port: number) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: placeOf(host).inside, port, timeout: 1000 });
        const end = (reached: boolean) => {
          socket.destroy();
          resolve(reached);
        };
        socket.on('connect', () => end(true));
        socket.on('timeout', () => end(false));
        socket.on('error', (error) => end('code' in error && error.code === 'ECONNREFUSED'));
      }),
    restart: () => execa('docker', ['restart', '-t', '5', container(host)]),
  };
}

const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0';
const debian = trialOn(host);
const redHat = trialOn('el7');
const closedPort = 5999;

beforeAll(async () => {
  await labUp({ vm: false, extra: [host, 'el7'] });
  await Promise.all([resetHost(host), resetHost('el7')]);
  // Once a firewall was started, and they are as they are installed, docker's resolver is out of reach.
  await debian.has(`set -e; ${apt} update; (cd /root && ${apt} download iptables-persistent netfilter-persistent)
${apt} install -y --no-install-recommends nftables iptables ufw firewalld cron >/dev/null
systemctl disable -q --now nftables firewalld ufw; nft flush ruleset`);
});
afterAll(() => Promise.all([resetHost(host), resetHost('el7')]));

const firewalls = [
  {
    name: 'nftables',
    host: debian,
    start: `printf '%s\\n' 'flush ruleset' 'table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established accept; iif lo accept; tcp dport 22 accept; }
chain forward { type filter hook forward priority 0; }
}' | sed 's/{ /{\\n/g; s/; /;\\n/g' >/etc/nftables.conf; systemctl enable -q --now nftables && systemctl restart nftables`,
    again: 'systemctl restart nftables',
    forget: 'nft flush chain inet filter input',
    shows: 'nft list ruleset',
    stop: 'systemctl disable -q --now nftables; nft flush ruleset',
  },
  {
    name: 'ufw',
    host: debian,
    start: 'ufw allow 22/tcp && ufw --force enable && systemctl enable -q --now ufw',
    again: 'ufw reload',
    forget: 'iptables -F ufw-user-input',
    shows: 'ufw status',
    stop: 'ufw --force disable; systemctl disable -q --now ufw',
  },
  {
    name: 'firewalld',
    host: debian,
    start: 'systemctl enable -q --now firewalld',
    again: 'systemctl restart firewalld',
    forget: 'firewall-cmd --remove-port=5000/tcp',
    shows: 'firewall-cmd --list-ports',
    stop: 'systemctl disable -q --now firewalld',
  },
  {
    name: 'iptables',
    host: debian,
    // It can't be installed beside ufw.
    start: `{ dpkg -r ufw && DEBIAN_FRONTEND=noninteractive dpkg -i /root/*-persistent*.deb; } >/dev/null; iptables -F; iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -A INPUT -j DROP; iptables-save >/etc/iptables/rules.v4; ip6tables-save >/etc/iptables/rules.v6
systemctl enable -q --now netfilter-persistent`,
    again: 'systemctl restart netfilter-persistent',
    forget: 'iptables -D INPUT 1',
    shows: 'iptables -S INPUT; ip6tables -S INPUT',
    stop: 'systemctl disable -q --now netfilter-persistent; iptables -F; ip6tables -F',
  },
  {
    name: 'iptables',
    host: redHat,
    start: 'yum -q -y install iptables-services >/dev/null && systemctl enable -q --now iptables',
    again: 'systemctl restart iptables',
    forget: 'iptables -D INPUT 1',
    shows: 'iptables -S INPUT',
    stop: 'systemctl disable -q --now iptables',
  },
] as const;

describe.each(firewalls)('a port in $name', ({ name, host, start, again, forget, shows, stop }) => {
  const port = firewall_port({ port: 5000 });

  it('is let through, now and after a restart; closed again', async () => {
    await host.has(start);
    await expect.poll(() => host.letsIn(5000), { timeout: 10_000 }).toBe(false);
    expect((await host.changes(port)).plan).toMatchObject({ summary: `opened in ${name}` });
    expect([await host.letsIn(5000), await host.letsIn(closedPort)]).toEqual([true, false]);
    expect(await host.said(shows)).toMatch(/5000/);
    await host.has(again);
    await expect.poll(() => host.letsIn(closedPort), { timeout: 10_000 }).toBe(false);
    expect(await host.letsIn(5000)).toBe(true);
    expect(await host.check(port)).toMatchObject({ verdict: 'ok' });

    await host.has(forget);
    expect((await host.changes(port)).plan).toMatchObject({ summary: `opened in ${name} now, as at every start` });
    expect(await host.letsIn(5000)).toBe(true);

    await host.changes(firewall_port({ port: 5000, state: 'closed' }));
    expect(await host.letsIn(5000)).toBe(false);
    expect(await host.said(shows)).not.toMatch(/5000/);
    await host.has(again);
    await expect.poll(() => host.letsIn(5000), { timeout: 10_000 }).toBe(false);
  });

  it('is let through from some only, and a range is', async () => {
    await host.changes(firewall_port({ port: '6000-6002', source: '198.18.0.0/15' }));
    expect([await host.letsIn(6002), await host.letsIn(6003)]).toEqual([true, false]);
    await host.has(stop);
  });
});

describe('on real hosts', () => {
  it('a restart of the whole host leaves a port open', async () => {
    await debian.has(firewalls[0].start);
    await debian.changes(firewall_port({ port: 5000 }));
    await debian.restart();
    await expect
      .poll(() => debian.said('systemctl is-active nftables ssh'), { timeout: 20_000 })
      .toBe('active\nactive');
    expect([await debian.letsIn(5000), await debian.letsIn(closedPort)]).toEqual([true, false]);
    expect(await debian.check(firewall_port({ port: 5000 }))).toMatchObject({ verdict: 'ok' });
    await debian.has(firewalls[0].stop);
    expect(await debian.check(firewall_port({ port: 5000 }))).toEqual({ verdict: 'ok', note: 'no firewall is active' });
  });

  it('rules that nothing would keep are told', async () => {
    await debian.has('iptables -P INPUT DROP; iptables -A INPUT -p tcp --dport 22 -j ACCEPT');
    expect(await debian.check(firewall_port({ port: 5000 }))).toMatchObject({
      verdict: 'refused',
      message: 'iptables filters incoming traffic, but nothing would restore a rule after a restart',
    });
    await debian.has('iptables -P INPUT ACCEPT; iptables -F');
  });

  it.each([
    ['Debian', debian],
    ['EL 7', redHat],
  ])('a setting of the kernel, on %s', async (_, host) => {
    const name = 'net.ipv4.conf.all.log_martians';
    const before = await host.said(`cat /proc/sys/${name.replaceAll('.', '/')}`);
    const value = before === '1' ? 0 : 1;
    expect((await host.changes(sysctl({ name, value }))).plan).toMatchObject({
      summary: `${before} -> ${value}, set at boot`,
    });
    expect(await host.said(`cat /proc/sys/${name.replaceAll('.', '/')}`)).toBe(String(value));
    await host.has(`echo ${before} >/proc/sys/${name.replaceAll('.', '/')}`);
    await host.changes(sysctl({ name, value }));
    expect(await host.said('cat /etc/sysctl.d/99-provision.conf')).toBe(`# Managed by provision.\n${name} = ${value}`);
    expect((await converge(sysctl({ name, value: 'many' }), host.on)).failure).toMatch(
      new RegExp(`^the kernel refuses many for ${name}: .*Invalid argument$`),
    );
    expect((await converge(sysctl({ name: 'net.no.such', value: 1 }), host.on)).failure).toContain(
      'this kernel has no net.no.such; is a module missing?',
    );
    await host.has('mount --bind /proc/sys/net/core /proc/sys/net/core && mount -o remount,bind,ro /proc/sys/net/core');
    expect((await converge(sysctl({ name: 'net.core.somaxconn', value: 4097 }), host.on)).failure).toBe(
      "net.core.somaxconn can't be set here: it is read-only (a container may set what belongs to its own network only)",
    );
    await host.has('umount /proc/sys/net/core');
    expect(await host.said('cat /etc/sysctl.d/99-provision.conf')).not.toContain('somaxconn');
    await host.changes(sysctl({ name, state: 'absent' }));
  });

  it('a job of cron, in both places', async () => {
    const job = { name: 'prune', job: '/usr/bin/true', hour: 3 };
    await debian.changes(cron(job));
    expect(await debian.said('stat -c %a /etc/cron.d/provision; cat /etc/cron.d/provision')).toBe(
      '644\n# Managed by provision.\n#Provision: prune\n* 3 * * * root /usr/bin/true',
    );
    await debian.changes(cron({ ...job, crontab: true, user: 'operator' }));
    await debian.changes(cron({ ...job, crontab: true, user: 'operator', hour: 4 }));
    expect(await debian.said('crontab -u operator -l')).toBe(
      '# Managed by provision.\n#Provision: prune\n* 4 * * * /usr/bin/true',
    );
    await debian.changes(cron({ name: 'prune', crontab: true, user: 'operator', state: 'absent' }));
    expect(await debian.check(cron({ ...job, crontab: true, user: 'nobody-there' }))).toMatchObject({
      verdict: 'refused',
      message: expect.stringContaining("the crontab of nobody-there can't be read: "),
    });
    expect(await redHat.check(cron(job))).toMatchObject({
      verdict: 'refused',
      message: 'this host has no cron',
    });
  });
});
