import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../../test/kit/connection/sshd.js';
import { sh } from '../../sh.js';
import { openConnection } from '../open.js';
import { forgetSshConfig } from './config/ask-ssh.js';

/* Two hops before the target, each with a key of its own that has to be on file. */
const path = process.env.PATH;
let target: Sshd;
let first: Sshd;
let second: Sshd;
const at = (name: string) => join(target.folder, name);

beforeAll(async () => {
  [target, first, second] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  mkdirSync(at('bin'));
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nPATH='${path}' exec ssh -F "$TEST_SSH_CONFIG" "$@"\n`);
  chmodSync(at('bin/ssh'), 0o755);
  process.env.PATH = `${at('bin')}${delimiter}${path}`;
});
afterAll(async () => {
  process.env.PATH = path;
  delete process.env.TEST_SSH_CONFIG;
  await Promise.all([target, first, second].map((sshd) => sshd.stop()));
});

let count = 0;
beforeEach(() => {
  count += 1;
  process.env.TEST_SSH_CONFIG = at(`config_${count}`);
});

/** Reaches the target by an ssh_config; `keys` are on file for first, second and target. */
async function reach(host: string, lines: readonly string[], keys: readonly string[]) {
  const user = target.settings().user;
  // Names of their own each time: what ssh said of a host is remembered for the run.
  const entry = (name: string, sshd: Sshd) => `Host ${name}${count}
  HostName 127.0.0.1
  Port ${sshd.port}
  HostKeyAlias ${name}
  IdentityFile ${join(sshd.folder, 'client_key')}
`;
  const known = at(`known_${count}`);
  writeFileSync(known, ['first', 'second', 'target'].map((name, index) => `${name} ${keys[index]}\n`).join(''));
  const config = at(`config_${count}`);
  forgetSshConfig();
  writeFileSync(config, lines.join('\n').replace(/\b(first|second)(?=,|$)/gm, `$1${count}`));
  appendFileSync(config, `\n${entry('first', first)}${entry('second', second)}${entry('target', target)}`);
  appendFileSync(config, `Host *\n  User ${user}\n  UserKnownHostsFile ${known}\n  IdentityAgent none\n`);
  const settings = { port: undefined, user: undefined, identityFiles: [], knownHostsFiles: undefined };
  const connection = await openConnection(host, target.settings({ ...settings, address: host, connectTimeout: 5 }));
  const [reply] = await connection.probe([{ script: sh`printf '%s' "$SSH_CONNECTION"` }], false);
  await connection.close();
  return reply?.stdout;
}
const right = () => [first.hostKey, second.hostKey, target.hostKey];
const entries = (name: string, jump: string) => [
  `Host ${name}`,
  '  HostName 127.0.0.1',
  `  Port ${target.port}`,
  '  HostKeyAlias target',
  `  IdentityFile ${join(target.folder, 'client_key')}`,
  `  ProxyJump ${jump}`,
];

describe('two jump hosts', () => {
  it('lead to the target, by a list or by each its own ProxyJump', async () => {
    expect(await reach('listed', entries('listed', 'first,second'), right())).toContain(` ${target.port}`);
    count += 1;
    process.env.TEST_SSH_CONFIG = at(`config_${count}`);
    const chained = [...entries('chained', 'second2'), 'Host second2', `  HostName 127.0.0.1`];
    const second2 = [
      `  Port ${second.port}`,
      '  HostKeyAlias second ',
      `  IdentityFile ${join(second.folder, 'client_key')}`,
      '  ProxyJump first',
    ];
    expect(await reach('chained', [...chained, ...second2], right())).toContain(` ${target.port}`);
  });

  it.each([
    ['first', 0, /^jump host first\d+: the host key of first has changed: it shows ssh-ed25519 SHA256:/],
    ['second', 1, /^jump host second\d+: the host key of second has changed: it shows ssh-ed25519 SHA256:/],
    ['target', 2, /^the host key of target has changed: it shows ssh-ed25519 SHA256:/],
  ] as const)('each show a key that is checked, and a wrong one is told with its host: %s', async (_name, index, said) => {
    const keys = right().with(index, right()[(index + 1) % 3] ?? '');
    await expect(reach(`wrong-${index}`, entries(`wrong-${index}`, 'first,second'), keys)).rejects.toMatchObject({
      problem: 'host-key-changed',
      message: expect.stringMatching(said),
    });
  });

  it('that do not let anybody in, or are down, are told by name', async () => {
    const refused = ['Host first', '  IdentityFile /nonexistent', '  IdentitiesOnly yes', '  Port 1', ''];
    await expect(reach('down', [...refused, ...entries('down', 'first,second')], right())).rejects.toMatchObject({
      problem: 'refused',
      message: expect.stringMatching(/^jump host first\d+: 127.0.0.1:1 refused/),
    });
    count += 1;
    process.env.TEST_SSH_CONFIG = at(`config_${count}`);
    const nobody = ['Host second', '  User no-such-user', ''];
    await expect(reach('locked', [...nobody, ...entries('locked', 'first,second')], right())).rejects.toMatchObject({
      problem: 'authentication',
      message: expect.stringMatching(/^jump host second\d+: 127.0.0.1:\d+ does not let no-such-user in/),
    });
  });

  it('are left out where ProxyJump is none, as is a ProxyCommand', async () => {
    const none = [...entries('straight', 'none'), '  ProxyCommand none', 'Host *', '  ProxyJump first', ''];
    expect(await reach('straight', none, right())).toContain(` ${target.port}`);
  });
});

it('one link to a jump host is enough for all hosts behind it, and ends with the last', async () => {
  const gate = await startSshd('MaxStartups 2:100:2');
  try {
    const names = Array.from({ length: 12 }, (_, index) => `many${index}`);
    const config = at(`config_${count}`);
    const entry = (name: string, sshd: Sshd, more = '') =>
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile ${join(sshd.folder, 'client_key')}\n  UserKnownHostsFile ${join(sshd.folder, 'known_hosts')}\n${more}`;
    writeFileSync(
      config,
      `${entry('gate', gate) + entry('many*', target, '  ProxyJump gate\n')}Host *\n  IdentityAgent none\n`,
    );
    forgetSshConfig();
    const proxied = { port: undefined, identityFiles: [], knownHostsFiles: undefined };
    const open = (name: string) => openConnection(name, target.settings({ ...proxied, address: name }));
    const connections = await Promise.all(names.map(open));
    const replies = await Promise.all(connections.map((each) => each.probe([{ script: sh`echo in` }], false)));
    expect(replies.map(([reply]) => reply?.stdout)).toEqual(names.map(() => 'in\n'));
    const [first, ...others] = connections;
    await Promise.all(others.map((each) => each.close()));
    expect((await first?.probe([{ script: sh`echo still` }], false))?.[0]?.stdout).toBe('still\n');
    await first?.close();
    const again = await open('many0');
    await again.close();
  } finally {
    await gate.stop();
  }
});

describe('a ProxyCommand', () => {
  it('that ends says so, with what it complained of', async () => {
    const lines = entries('broken', 'none').slice(0, -1);
    lines.push(`  ProxyCommand sh -c 'echo "no route to %h by %n as %r" >&2; exit 3'`);
    await expect(reach('broken', lines, right())).rejects.toMatchObject({
      problem: 'refused',
      message: expect.stringMatching(/ProxyCommand ".*": it ended with 3: no route to 127\.0\.0\.1 by broken as \w+$/),
    });
  });

  it('that passes a socket on is refused with a reason', async () => {
    const lines = [...entries('passed', 'none').slice(0, -1), '  ProxyCommand nc -F %h %p', '  ProxyUseFdpass yes'];
    await expect(reach('passed', lines, right())).rejects.toMatchObject({
      problem: 'unresolved',
      message: 'ssh_config has ProxyUseFdpass for passed, which is not supported',
      hint: expect.stringContaining('ProxyJump'),
    });
  });
});

describe('StrictHostKeyChecking', () => {
  it('accept-new of ssh_config is followed, no is not and says so', async () => {
    const lines = entries('fresh', 'none').map((line) => line.replace('HostKeyAlias target', 'HostKeyAlias fresh-key'));
    await expect(reach('fresh', [...lines, '  StrictHostKeyChecking no'], right())).rejects.toMatchObject({
      problem: 'host-key-unknown',
      message: expect.stringContaining('(StrictHostKeyChecking no of ssh_config is not followed; accept-new is)'),
    });
    count += 1;
    process.env.TEST_SSH_CONFIG = at(`config_${count}`);
    const other = lines.map((line) => line.replace('Host fresh', 'Host fresher'));
    expect(await reach('fresher', [...other, '  StrictHostKeyChecking accept-new'], right())).toContain(
      ` ${target.port}`,
    );
  });
});
