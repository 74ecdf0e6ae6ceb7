import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../../test/kit/connection/sshd.js';
import type { ConnectionSettings } from '../../model/play.js';
import { openConnection } from '../open.js';
import { publicHalf, readKeyFile } from './keys/key-file.js';
import { keysOfAgent } from './keys/ssh-agent.js';
import { lockedKeys } from './locked-keys.js';

let sshd: Sshd;
const path = process.env.PATH;
const at = (name: string) => join(sshd.folder, name);
const passphrase = 'correct horse';
let agent: { readonly socket: string; stop(): Promise<unknown> };

beforeAll(async () => {
  sshd = await startSshd('MaxAuthTries 3');
  mkdirSync(at('bin'));
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nPATH='${path}' exec ssh -F '${at('config')}' "$@"\n`);
  chmodSync(at('bin/ssh'), 0o755);
  process.env.PATH = `${at('bin')}${delimiter}${path}`;
  for (const [name, ...format] of [['locked'], ['locked-pem', '-m', 'PEM']] as const) {
    const type = name === 'locked' ? 'ed25519' : 'rsa';
    await execa('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', ...format, '-f', at(name)]);
    await execa('sh', ['-c', `cat '${at(`${name}.pub`)}' >>'${at('authorized_keys')}'`]);
  }
  for (let index = 0; index < 5; index += 1)
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(`stray${index}`)]);
  agent = await startAgent();
  const entry = (name: string, ...lines: string[]) => `Host ${name}\n  ${lines.join('\n  ')}\n`;
  writeFileSync(
    at('config'),
    entry('by-agent', 'IdentitiesOnly yes', `IdentityFile ${at('headless')}`, `IdentityAgent ${agent.socket}`) +
      entry('crowded', `IdentityAgent ${agent.socket}`, 'IdentityFile none') +
      entry('silent', `IdentityAgent ${at('no-agent')}`, `IdentityFile ${at('locked')}`) +
      entry('plain', 'IdentityAgent none', `IdentityFile ${at('locked')}`) +
      entry('either', 'IdentityAgent none', `IdentityFile ${at('locked')}`, `IdentityFile ${at('client_key')}`) +
      entry('behind', 'IdentityAgent none', `IdentityFile ${at('client_key')}`, 'ProxyJump plain') +
      entry('*', 'HostName 127.0.0.1', `Port ${sshd.port}`, `UserKnownHostsFile ${at('known_hosts')}`),
  );
}, 60_000);
afterAll(async () => {
  process.env.PATH = path;
  await agent.stop();
  await sshd.stop();
});

async function startAgent() {
  const socket = at('agent');
  const process = execa('ssh-agent', ['-D', '-a', socket], { reject: false });
  const deadline = Date.now() + 5000;
  while ((await keysOfAgent(socket)) instanceof Error && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const stop = () => {
    process.kill();
    return process;
  };
  return { socket, stop };
}

const add = (...keys: readonly string[]) =>
  execa('ssh-add', ['-q', ...keys.map(at)], { env: { SSH_AUTH_SOCK: agent.socket } });

const named = (address: string, overrides: Partial<ConnectionSettings> = {}) =>
  sshd.settings({ address, port: undefined, identityFiles: [], knownHostsFiles: undefined, ...overrides });

async function login(settings: ConnectionSettings): Promise<string> {
  try {
    const connection = await openConnection('host', settings);
    await connection.close();
    return 'in';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('an encrypted key', () => {
  it.each(['locked', 'locked-pem'])('is of use with its passphrase alone: %s', async (name) => {
    expect((await readKeyFile(at(name))).is).toBe('locked');
    expect((await readKeyFile(at(name), 'wrong')).is).toBe('locked');
    expect((await readKeyFile(at(name), passphrase)).is).toBe('key');
    const identityFiles = [at(name)];
    expect(await login(sshd.settings({ identityFiles }))).toMatch(/which needs a passphrase: load it with ssh-add/);
    expect(await login(sshd.settings({ identityFiles, passphrases: new Map([[at(name), passphrase]]) }))).toBe('in');
  });

  it('is asked for where it is named, or the only way in, also to a jump host', async () => {
    expect(await lockedKeys([named('plain'), named('plain'), named('silent')])).toEqual([at('locked')]);
    expect(await lockedKeys([named('either')])).toEqual([]);
    expect(await lockedKeys([named('behind')])).toEqual([at('locked')]);
    expect(await lockedKeys([named('plain', { password: 'one' })])).toEqual([]);
    const identityFiles = [at('client_key'), at('locked')];
    expect(await lockedKeys([named('plain', { identityFiles, password: 'one' })])).toEqual([at('locked')]);
    expect(await lockedKeys([named('plain', { connection: 'local' })])).toEqual([]);
    const passphrases = new Map([[at('locked'), passphrase]]);
    expect(await login(named('behind', { passphrases }))).toBe('in');
  });

  it('shows its public half without a file beside it', async () => {
    const beside = await publicHalf(at('locked'));
    await execa('cp', [at('locked'), at('headless')]);
    expect(beside).toBeInstanceOf(Buffer);
    expect(await publicHalf(at('headless'))).toEqual(beside);
    writeFileSync(at('torn'), '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END');
    expect(await publicHalf(at('torn'))).toBeUndefined();
  });
});

describe('an agent', () => {
  it('that is not there is told', async () => {
    expect(await login(named('silent'))).toMatch(/ssh-agent: .*\/no-agent does not answer: Failed to connect to agent/);
  });

  it('with too many keys makes the host give up, and what helps is told', async () => {
    await add('stray0', 'stray1', 'stray2', 'stray3', 'stray4');
    await expect(openConnection('host', named('crowded'))).rejects.toMatchObject({
      problem: 'authentication',
      message: expect.stringMatching(/\(tried: ssh-agent \(5 keys\)\)$/),
      hint: expect.stringContaining('IdentitiesOnly'),
    });
  });

  it('offers only the key that is named where IdentitiesOnly says so, and nobody is asked for its passphrase', async () => {
    const askpass = at('askpass');
    writeFileSync(askpass, `#!/bin/sh\necho '${passphrase}'\n`);
    chmodSync(askpass, 0o755);
    const env = { SSH_AUTH_SOCK: agent.socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' };
    await execa('ssh-add', ['-q', at('locked')], { env });
    rmSync(at('headless.pub'), { force: true });
    expect(await lockedKeys([named('by-agent')])).toEqual([]);
    expect(await login(named('by-agent'))).toBe('in');
  });
});

it('a certificate of the user is told to be of no use', async () => {
  writeFileSync(at('stray0-cert.pub'), 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
  expect(await login(sshd.settings({ identityFiles: [at('stray0')] }))).toMatch(
    /tried: .*stray0; not tried, as certificates are not supported: .*stray0-cert\.pub\)$/,
  );
});
