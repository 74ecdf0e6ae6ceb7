import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../../../test/kit/connection/sshd.js';
import type { ConnectionSettings } from '../../../model/play.js';
import { sh } from '../../../sh.js';
import { openConnection } from '../../open.js';
import { forgetSshConfig } from './ask-ssh.js';
import { sshTarget } from './ssh-config.js';

let host: Sshd;
let bastion: Sshd;
const path = process.env.PATH;
const at = (name: string) => join(host.folder, name);

beforeAll(async () => {
  [host, bastion] = await Promise.all([startSshd('MaxAuthTries 3'), startSshd()]);
  // The real ssh, with a configuration of the test.
  mkdirSync(at('bin'));
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nPATH='${path}' exec ssh -F '${at('config')}' "$@"\n`);
  chmodSync(at('bin/ssh'), 0o755);
  process.env.PATH = `${at('bin')}${delimiter}${path}`;
  const known = `${readFileSync(at('known_hosts'), 'utf8')}bastion-key ${bastion.hostKey}\n`;
  writeFileSync(at('all_known'), known);
  const user = host.settings().user;
  writeFileSync(
    at('config'),
    `Host direct behind wrong-hop commanded
  HostName 127.0.0.1
  Port ${host.port}
  IdentityFile ${at('client_key')}
Host behind
  ProxyJump nobody@first,bastion
Host first bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  HostKeyAlias bastion-key
  IdentityFile ${join(bastion.folder, 'client_key')}
Host first
  User ${user}
Host wrong-hop
  ProxyJump stranger
Host stranger
  HostName 127.0.0.1
  Port ${bastion.port}
  HostKeyAlias nobody-knows
  IdentityFile ${join(bastion.folder, 'client_key')}
Host commanded
  ProxyCommand ${process.execPath} ${at('forward.mjs')} %h %p
Host circle
  ProxyJump circle2
Host circle2
  ProxyJump circle
Host *
  User ${user}
  UserKnownHostsFile ${at('all_known')}
  GlobalKnownHostsFile none
  IdentityAgent none
`.replace('nobody@first', `${user}@first`),
  );
  writeFileSync(
    at('forward.mjs'),
    "import { connect } from 'node:net'; const s = connect(Number(process.argv[3]), process.argv[2]); process.stdin.pipe(s).pipe(process.stdout);",
  );
});
afterAll(async () => {
  process.env.PATH = path;
  await Promise.all([host.stop(), bastion.stop()]);
});

const named = (address: string, overrides: Partial<ConnectionSettings> = {}) =>
  host.settings({
    address,
    port: undefined,
    user: undefined,
    identityFiles: [],
    knownHostsFiles: undefined,
    ...overrides,
  });

async function asked(settings: ConnectionSettings): Promise<string | undefined> {
  const connection = await openConnection(settings.address, settings);
  const [reply] = await connection.probe([{ script: sh`printf '%s' "$SSH_CONNECTION"` }], false);
  await connection.close();
  return reply?.stdout;
}

describe('ssh_config', () => {
  it('says where a host is, and what the inventory says wins', async () => {
    expect(await sshTarget(named('direct'))).toMatchObject({ host: '127.0.0.1', port: host.port, agent: undefined });
    const own = named('direct', { port: 2200, user: 'else', identityFiles: ['/k'], knownHostsFiles: ['/h'] });
    expect(await sshTarget(own)).toMatchObject({
      port: 2200,
      user: 'else',
      identityFiles: ['/k'],
      knownHostsFiles: ['/h'],
    });
    expect(await asked(named('direct'))).toContain(` ${host.port}`);
  });

  it('leads through jump hosts, whose keys are checked by their own names', async () => {
    expect(await asked(named('behind'))).toContain(` ${host.port}`);
    await expect(asked(named('wrong-hop'))).rejects.toMatchObject({
      problem: 'host-key-unknown',
      message: expect.stringContaining('the host key of nobody-knows is not known'),
    });
  });

  it('that goes round in circles is refused', async () => {
    await expect(asked(named('circle'))).rejects.toMatchObject({
      problem: 'unresolved',
      message: expect.stringMatching(/jump host/),
    });
  });

  it('gives a command to reach a host by', async () => {
    expect(await asked(named('commanded'))).toContain(` ${host.port}`);
  });

  it('that ssh cannot read is an error', async () => {
    const good = readFileSync(at('config'), 'utf8');
    writeFileSync(at('config'), 'NoSuchOption yes\n');
    forgetSshConfig();
    await expect(sshTarget(named('unread'))).rejects.toMatchObject({
      problem: 'unresolved',
      message: expect.stringMatching(/config: line 1: Bad configuration option: nosuchoption/),
    });
    writeFileSync(at('config'), good);
    forgetSshConfig();
  });
});

describe('logging in', () => {
  const tried = (overrides: Partial<ConnectionSettings>) =>
    asked(named('direct', overrides)).catch((error: unknown) => error);

  it('tells what was tried, and why a key was of no use', async () => {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'passphrase', '-f', at('encrypted')]);
    writeFileSync(at('nonsense'), 'nonsense');
    const identityFiles = [at('encrypted'), at('nonsense'), at('missing'), join(bastion.folder, 'client_key')];
    expect(await tried({ identityFiles, password: 'wrong' })).toMatchObject({
      problem: 'authentication',
      message: `127.0.0.1:${host.port} does not let ${host.settings().user} in (tried: ${at('nonsense')}, which is no key (Unsupported key format); ${at('missing')}, which cannot be read (ENOENT); ${bastion.folder}/client_key; ${at('encrypted')}, which needs a passphrase: load it with ssh-add; a password)`,
    });
  });

  it('takes a key from the agent', async () => {
    const socket = at('agent');
    const agent = execa('ssh-agent', ['-D', '-a', socket], { reject: false });
    const add = () => execa('ssh-add', ['-q', at('client_key')], { env: { SSH_AUTH_SOCK: socket }, reject: false });
    let added = await add();
    for (let i = 0; added.failed && i < 50; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      added = await add();
    }
    const config = readFileSync(at('config'), 'utf8');
    writeFileSync(
      at('config'),
      `Host held\n  HostName 127.0.0.1\n  Port ${host.port}\n  IdentityAgent ${socket}\n${config}`,
    );
    forgetSshConfig();
    expect(await asked(named('held'))).toContain(` ${host.port}`);
    agent.kill();
    await agent;
    const error: unknown = await asked(named('held', { user: 'nobody' })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: 'authentication' });
  });
});

it('noise of start-up files is not taken for answers', async () => {
  const noise = `printf 'motd \\303'; echo 'provision-' >&2; echo noise; exec sh -c "$SSH_ORIGINAL_COMMAND"`;
  const noisy = await startSshd(`ForceCommand ${noise}`);
  const connection = await openConnection('noisy', noisy.settings());
  expect(await connection.probe([{ script: sh`echo out; echo err >&2` }], false)).toEqual([
    { status: 0, stdout: 'out\n', stderr: 'err\n', timedOut: false },
  ]);
  await connection.close();
  await noisy.stop();
});
