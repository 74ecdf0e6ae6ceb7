import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseFacts } from './facts.js';
import { factsScript } from './facts-script.js';

function factsOf(lines: readonly string[]) {
  return parseFacts({ status: 0, stdout: [...lines, 'end=facts'].join('\n'), stderr: '' });
}

const debian = [
  'os_id=debian',
  'os_like=',
  'os_version=12',
  'os_name=Debian GNU/Linux 12 (bookworm)',
  'debian_version=12.11',
  'arch=x86_64',
  'kernel=6.1.0-35-cloud-amd64',
  'node=registry1',
  'fqdn=registry1.example.com',
  'address.lo=inet 127.0.0.1/8',
  'address.lo=inet6 ::1/128',
  'address.eth0=inet6 2001:db8::5/64',
  'address.eth0=inet6 fe80::fc:ff:fe00:1/64',
  'address.docker0=inet 172.17.0.1/16',
  'address.eth0=inet 10.0.0.5/24',
  'route=1.1.1.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0 ',
  'package_manager=apt-get',
  'package_manager=dnf',
  'service_manager=systemd',
  'docker=Docker version 20.10.24+dfsg1, build 297e128',
  'podman=podman version 4.3.1',
  'user=root',
  'uid=0',
  'home=/root',
];

describe('facts', () => {
  it('are read from what the script prints', () => {
    expect(factsOf(debian)).toMatchInlineSnapshot(`
      {
        "facts": {
          "addresses": [
            "172.17.0.1",
            "10.0.0.5",
            "2001:db8::5",
          ],
          "arch": "x86_64",
          "default_address": "10.0.0.5",
          "docker_version": "20.10.24+dfsg1",
          "fqdn": "registry1.example.com",
          "home": "/root",
          "hostname": "registry1",
          "kernel": "6.1.0-35-cloud-amd64",
          "os_family": "debian",
          "os_id": "debian",
          "os_major": 12,
          "os_name": "Debian GNU/Linux 12 (bookworm)",
          "os_version": "12",
          "package_manager": "apt",
          "podman_version": "4.3.1",
          "service_manager": "systemd",
          "uid": 0,
          "user": "root",
        },
        "machine": "",
        "pending": [],
        "written": {
          "own": [],
          "system": [],
        },
      }
    `);
  });

  it.each([
    ['os_id=ubuntu\nos_like=debian\nos_version=24.04', { os_family: 'debian', os_major: 24, os_version: '24.04' }],
    ['os_id=linuxmint\nos_like=ubuntu debian\nos_version=21', { os_family: 'debian', os_id: 'linuxmint' }],
    ['os_id=centos\nos_like=rhel fedora\nos_version=7', { os_family: 'redhat', os_major: 7 }],
    ['os_id=ol\nos_like=fedora\nos_version=8.9', { os_family: 'redhat', os_major: 8 }],
    ['os_id=alpine\nos_version=3.20.1', { os_family: 'other', os_major: 3 }],
    [
      'redhat-release=CentOS release 6.10 (Final)',
      { os_family: 'redhat', os_id: 'centos', os_version: '6.10', os_major: 6, os_name: 'CentOS release 6.10 (Final)' },
    ],
    ['debian_version=7.11', { os_family: 'debian', os_id: 'debian', os_major: 7 }],
    ['os_id=fedora\npackage_manager=apt-get\npackage_manager=dnf', { package_manager: 'dnf' }],
    ['os_id=rhel\npackage_manager=yum', { package_manager: 'yum' }],
    ['docker=podman version 5.2.0', { docker_version: '' }],
    ['docker=Docker version 1.13.1, build b2f74b2/1.13.1', { docker_version: '1.13.1' }],
    ['node=web1.example.com', { hostname: 'web1', fqdn: 'web1.example.com' }],
    ['node=web1\nfqdn=localhost.localdomain', { hostname: 'web1', fqdn: 'web1' }],
    ['node=web1\nfqdn=', { fqdn: 'web1' }],
    ['address.=any 10.0.0.7', { addresses: ['10.0.0.7'], default_address: '10.0.0.7' }],
    ['', { os_family: 'other', service_manager: 'none', package_manager: 'none', default_address: '' }],
  ])('of %j', (lines, facts) => {
    expect(factsOf(lines.split('\n')).facts).toMatchObject(facts);
  });

  it('have for addresses what is one: a host says what it likes', () => {
    const said = [
      'address.eth0=inet $(reboot)/24',
      'address.eth1=inet 10.0.0.5/24 x',
      'address.__proto__=inet 10.0.0.6/24',
      'address.eth2=inet \x1b[2J/1',
      'route=1.1.1.1 via 10.0.0.1 src {{secret}} uid 0',
    ];
    expect(factsOf(said).facts).toMatchObject({ addresses: ['10.0.0.5', '10.0.0.6'], default_address: '10.0.0.5' });
  });

  it('name a machine by what no clone, container or account shares, and none where too little is known', () => {
    const [id, boot] = ['3d1219c7c4c5404aaa1f6d2a48adfda4', 'b2bfe6e1-4276-494f-8330-35490ab8d0f8'];
    const of = (said: string, ...more: string[]) => factsOf([`machine=${said}`, ...more, ...debian]).machine;
    const whole = `${id} ${boot} 65024:2 4:4026531832`;
    expect(of(whole)).toBe(`${whole} registry1 10.0.0.5 0`);
    expect(of(whole, 'uid=1000')).not.toBe(of(whole));
    expect(of(whole, 'node=clone')).not.toBe(of(whole));
    const unknown = [
      '',
      ` ${boot} 1:2 3:4`,
      `uninitialized ${boot} 1:2 3:4`,
      `${id} ${boot} 65024:2`,
      `${id}  1:2 3:4`,
    ];
    for (const said of [...unknown, `${'0'.repeat(32)} ${boot} 1:2 3:4`]) expect(of(said)).toBe('');
  });

  it('come with the handlers that an earlier run left pending', () => {
    const { pending } = factsOf(['pending.system=app-restart-1a2b restart app', 'pending.own=x-3c4d ']);
    expect(pending).toEqual([
      { id: 'app-restart-1a2b', name: 'restart app', place: 'system' },
      { id: 'x-3c4d', name: 'x-3c4d', place: 'own' },
    ]);
  });

  it('are refused when the script did not come to its end', () => {
    const reply = { status: 2, stdout: 'os_id=debian\n', stderr: 'sh: out of memory\n' };
    expect(() => parseFacts(reply)).toThrow("the host's facts could not be read (exit status 2): sh: out of memory");
  });

  it.each([['sh'], ['bash'], ['busybox', 'sh']])('are those of this machine, by %s', async (shell, ...args) => {
    const { stdout, stderr, failed } = await execa(shell, [...args, '-c', factsScript.script], { reject: false });
    if (failed && stdout === '') return; // no such shell here
    expect(stderr).toBe('');
    const { facts, machine } = parseFacts({ status: 0, stdout, stderr });
    expect(machine !== '').toBe(existsSync('/etc/machine-id') && readFileSync('/etc/machine-id', 'utf8').length > 30);
    const { username, uid } = userInfo();
    expect(facts).toMatchObject({ user: username, uid, home: homedir(), hostname: hostname().split('.')[0] });
    expect(facts.kernel).not.toBe('');
  });

  it('tell of the handlers recorded below the home of a plain user', async () => {
    if (userInfo().uid === 0) return;
    const home = mkdtempSync(join(tmpdir(), 'facts-'));
    const folder = join(home, '.local/state/provision/pending');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'restart-1a2b'), 'restart\n');
    const script = factsScript.script.replaceAll('/etc/passwd', '/dev/null');
    const { stdout } = await execa('sh', ['-c', script], { env: { HOME: home } });
    rmSync(home, { recursive: true });
    expect(parseFacts({ status: 0, stdout, stderr: '' }).pending).toEqual([
      { id: 'restart-1a2b', name: 'restart', place: 'own' },
    ]);
  });
});
