import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort, type Sshd, startSshd } from '../../../test/kit/connection/sshd.js';
import { type DoctorRequest, doctorAction } from './doctor.js';
import type { Examined } from './finding.js';
import { hostFindings } from './host-script.js';
import { nodeFinding } from './machine.js';

let sshd: Sshd;
let home: string;
const at = (name: string) => join(sshd.folder, name);
const before = { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK };

beforeAll(async () => {
  sshd = await startSshd();
  home = at('home');
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  process.env.HOME = home;
  delete process.env.SSH_AUTH_SOCK;
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  process.env.HOME = before.HOME;
  if (before.SSH_AUTH_SOCK !== undefined) process.env.SSH_AUTH_SOCK = before.SSH_AUTH_SOCK;
  await sshd.stop();
});

/** Runs the command, and gives what it said. */
async function doctor(overrides: Partial<DoctorRequest> = {}) {
  let said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  const status = await doctorAction({
    inventory: [],
    limit: [],
    forks: 4,
    askBecomePass: false,
    verbose: 0,
    output: 'json',
    color: false,
    vaultId: [],
    vaultPasswordFile: [],
    askVaultPassword: false,
    ...overrides,
  });
  vi.restoreAllMocks();
  return { status, said };
}

/** What was found of each host, `''` being this machine: `level message`. */
function foundIn(said: string): Record<string, string[]> {
  const all = said
    .trim()
    .split('\n')
    .map((line): Examined => JSON.parse(line));
  return Object.fromEntries(
    all.map(({ host, findings }) => [host ?? '', findings.map(({ level, message }) => `${level} ${message}`)]),
  );
}

function inventory(hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const file = at('inventory.yaml');
  writeFileSync(file, JSON.stringify({ all: { hosts } }));
  return file;
}
const host = (more: Readonly<Record<string, unknown>> = {}) => ({
  host: '127.0.0.1',
  port: sshd.port,
  user: userInfo().username,
  identity_file: at('client_key'),
  known_hosts_file: at('known_hosts'),
  ...more,
});

describe('of this machine', () => {
  it('keys, their permissions, the folder and the agent are told', async () => {
    const ssh = (name: string) => join(home, '.ssh', name);
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ssh('id_ed25519')]);
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', ssh('locked')]);
    writeFileSync(ssh('id_rsa'), 'nonsense');
    chmodSync(ssh('id_rsa'), 0o600);
    chmodSync(ssh('locked'), 0o640);
    chmodSync(join(home, '.ssh'), 0o770);
    process.env.SSH_AUTH_SOCK = at('no-agent');
    const { status, said } = await doctor();
    expect(status).toBe(2);
    const found = foundIn(said)[''] ?? [];
    expect(found).toContainEqual(expect.stringMatching(/^ok Node /));
    expect(found).toContainEqual(expect.stringMatching(/^ok OpenSSH/));
    expect(found).toContainEqual(expect.stringMatching(/^ok .*id_ed25519: ssh-ed25519 SHA256:/));
    expect(found).toContain(`note ${ssh('locked')} is encrypted`);
    expect(found).toContain(`problem ${ssh('locked')} may be read by others (mode 640): ssh refuses it`);
    expect(found).toContainEqual(expect.stringMatching(/^problem .*id_rsa is no key/));
    expect(found).toContain(`problem ${join(home, '.ssh')} may be written by others (mode 0770)`);
    expect(found).toContainEqual(expect.stringMatching(/^problem ssh-agent at .*no-agent does not answer/));
    await execa('rm', ['-r', join(home, '.ssh')]);
    delete process.env.SSH_AUTH_SOCK;
    const bare = await doctor();
    expect(bare.status).toBe(0);
    expect(foundIn(bare.said)['']).toContain('note there is no key to log in with');
  });

  it('a folder that cannot be read is not taken for one that is not there', async () => {
    const usual = process.env.HOME;
    process.env.HOME = at('odd home');
    try {
      mkdirSync(at('odd home'));
      writeFileSync(join(at('odd home'), '.ssh'), '');
      const listed = foundIn((await doctor()).said)[''] ?? [];
      expect(listed.filter((line) => line.includes('cannot be listed'))).toEqual([
        expect.stringMatching(/^problem the keys in .*\.ssh cannot be listed: not a directory$/),
      ]);
      rmSync(join(at('odd home'), '.ssh'));
      symlinkSync('.ssh', join(at('odd home'), '.ssh'));
      const looked = foundIn((await doctor()).said)[''] ?? [];
      expect(looked.filter((line) => line.includes('cannot be examined'))).toEqual([
        expect.stringMatching(/^problem .*\.ssh cannot be examined: .*(ELOOP|symbolic links)/),
      ]);
      expect(looked.some((line) => /there is no .*ssh$/.test(line))).toBe(false);
    } finally {
      process.env.HOME = usual;
    }
  });

  it('a Node that is too old is told', () => {
    expect(nodeFinding('20.19.0').level).toBe('ok');
    expect(nodeFinding('18.20.1')).toMatchObject({
      level: 'problem',
      message: 'Node 18.20.1 is too old: 20.19 is needed',
    });
  });
});

describe('of hosts', () => {
  it('one that is well is told so in a line, and more with -v', async () => {
    const file = inventory({ web1: host() });
    const { status, said } = await doctor({ inventory: [file], output: 'lines' });
    expect(said).toMatch(
      /\nweb1(\n {2}note {5}sudo was not tried.*\n.*| {2}ok)\nno problems; 1 of 1 hosts can be reached\n$/,
    );
    expect(status).toBe(0);
    const { said: more } = await doctor({ inventory: [file], output: 'lines', verbose: 1 });
    expect(more).toContain(`can log in to 127.0.0.1:${sshd.port} with the key ${at('client_key')}`);
    expect(more).toMatch(/its shell answers: \S+ \(Linux /);
    expect(more).toContain('its clock is right');
  });

  it('what keeps them from being reached is told of each, with the host that is well beside them', async () => {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('other')]);
    const other = (await execa('cat', [at('other.pub')])).stdout;
    writeFileSync(at('wrong'), `[127.0.0.1]:${sshd.port} ${other}\n`);
    writeFileSync(at('revoked'), `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n@revoked * ${sshd.hostKey}\n`);
    const hosts = {
      well: host(),
      unknown: host({ known_hosts_file: at('nothing') }),
      changed: host({ known_hosts_file: at('wrong') }),
      revoked: host({ known_hosts_file: at('revoked') }),
      stranger: host({ identity_file: at('other') }),
      down: host({ port: await freePort() }),
      nowhere: host({ host: 'no-such-host.invalid' }),
    };
    const { status, said } = await doctor({ inventory: [inventory(hosts)] });
    expect(status).toBe(4);
    const found = foundIn(said);
    expect(found.well?.every((line) => !line.startsWith('problem'))).toBe(true);
    expect(found.unknown).toEqual([
      expect.stringMatching(/^problem the host key of .* is not known: ssh-ed25519 SHA256/),
    ]);
    expect(found.changed).toEqual([expect.stringMatching(/^problem the host key of .* has changed/)]);
    expect(found.revoked).toEqual([expect.stringMatching(/^problem the host key of .* is revoked/)]);
    expect(found.stranger).toEqual([expect.stringMatching(/^problem .* does not let .* in \(tried: .*other\)/)]);
    expect(found.down).toEqual([expect.stringMatching(/^problem .* refused the connection/)]);
    expect(found.nowhere).toEqual([
      expect.stringMatching(/^problem the name no-such-host.invalid cannot be resolved on this machine/),
    ]);
    expect((await doctor({ inventory: [inventory(hosts)], limit: ['well'] })).status).toBe(0);
  });

  it('a user who cannot be become is told, and the rest all the same', async () => {
    const hosts = { web1: host({ become: true, become_user: 'no-such-user' }) };
    const { status, said } = await doctor({ inventory: [inventory(hosts)] });
    expect(status).toBe(2);
    expect(foundIn(said).web1).toContainEqual(expect.stringMatching(/^problem .*no-such-user/));
    expect(foundIn(said).web1).toContain('ok its clock is right');
  });

  it('nothing is contacted where the inventory has a mistake', async () => {
    const { status, said } = await doctor({ inventory: [inventory({ web1: host({ port: 'ssh' }) })] });
    expect(status).toBe(1);
    expect(said).toMatch(/inventory\.yaml/);
    expect(said).not.toContain('this machine');
  });
});

describe('what a host says of itself', () => {
  const asked = { from: 1_000_000_000, to: 1_000_001_000 };
  const problems = (stdout: string) =>
    hostFindings(stdout, asked).flatMap(({ level, message }) => (level === 'ok' ? [] : `${level} ${message}`));

  it.each([
    ['time=1000000', []],
    ['time=1000050', []],
    ['time=1000090', ["problem its clock is 89 s ahead of this machine's"]],
    ['time=990000', ["problem its clock is 10000 s behind this machine's"]],
    ['', ['problem its clock cannot be read']],
    ['time=1000000\nmissing=awk\nmissing=stat', ['problem there is no awk, stat on it']],
    ['time=1000000\nspace=/ 900 /\nspace=/tmp 900 /', ['problem / is nearly full: 1 MiB left on /']],
    ['time=1000000\ninodes=/var 3 /var', ['problem /var is nearly full: 3 inodes left on /var']],
    ['time=1000000\nreadonly=/etc', ['problem /etc is mounted read-only']],
    ['time=1000000\nlock=joe@pc, process 7', ['note another run is at work on it: joe@pc, process 7']],
  ])('%j', (stdout, expected) => {
    expect(problems(stdout)).toEqual(expected);
  });
});
