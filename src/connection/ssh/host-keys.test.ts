import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../../test/kit/connection/sshd.js';
import { sh } from '../../sh.js';
import { openConnection } from '../open.js';
import { isRevoked } from './keys/revoked-keys.js';

let sshd: Sshd;
let other: string;
let fingerprint: string;
let otherFingerprint: string;
const at = (name: string) => join(sshd.folder, name);
beforeAll(async () => {
  sshd = await startSshd();
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at('other')]);
  await execa('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', '', '-f', at('rsa')]);
  other = readFileSync(at('other.pub'), 'utf8').trim();
  const printed = async (file: string) => (await execa('ssh-keygen', ['-lf', at(file)])).stdout.split(' ')[1] ?? '';
  fingerprint = await printed('host_key.pub');
  otherFingerprint = await printed('other.pub');
});
afterAll(() => sshd.stop());

let count = 0;
async function connect(text: string, acceptNew = false) {
  const file = at(`known_hosts_${count++}`);
  writeFileSync(file, text);
  const connection = await openConnection('host', sshd.settings({ knownHostsFiles: [file], acceptNew }));
  const [reply] = await connection.probe([{ script: sh`echo in` }], false);
  await connection.close();
  return { reply: reply?.stdout, file };
}
const name = () => `[127.0.0.1]:${sshd.port}`;

describe('a host key on file', () => {
  it('is known by name, pattern, hash, or among keys of other types', async () => {
    const rsa = readFileSync(at('rsa.pub'), 'utf8').trim();
    expect((await connect(`# a comment\n\nother ${other}\n${name()} ${sshd.hostKey} comment\n`)).reply).toBe('in\n');
    expect((await connect(`other,[127.0.*.?]:${sshd.port} ${sshd.hostKey}\n`)).reply).toBe('in\n');
    expect((await connect(`${name()} ${rsa}\n${name()} ${sshd.hostKey}\n`)).reply).toBe('in\n');
    const hashed = at('hashed');
    writeFileSync(hashed, `${name()} ${sshd.hostKey}\n`);
    await execa('ssh-keygen', ['-q', '-H', '-f', hashed], { reject: false });
    expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|/);
    expect((await connect(readFileSync(hashed, 'utf8'))).reply).toBe('in\n');
  });

  it('is not known by a negated pattern or another port', async () => {
    for (const line of [
      `!${name()},!127.0.0.1,* ${sshd.hostKey}`,
      `[127.0.0.1]:1 ${sshd.hostKey}`,
      `|1|AAAA ${sshd.hostKey}`,
      '',
    ]) {
      await expect(connect(`${line}\n`)).rejects.toMatchObject({
        problem: 'host-key-unknown',
        message: expect.stringContaining(`the host key of ${name()} is not known: ssh-ed25519 ${fingerprint}`),
        hint: expect.stringContaining('--accept-new'),
      });
    }
  });

  it('is not known by a certificate authority, and why is said', async () => {
    await expect(connect(`@cert-authority * ${sshd.hostKey}\n`)).rejects.toMatchObject({
      problem: 'host-key-unknown',
      message: `the host key of ${name()} is not known: only a certificate authority is on file for it (${at(`known_hosts_${count - 1}`)}:1), and host certificates are not supported; it shows ssh-ed25519 ${fingerprint}`,
      hint: expect.stringContaining(`ssh-keyscan -p ${sshd.port} 127.0.0.1 >> ${at(`known_hosts_${count - 1}`)}`),
    });
    const both = `@cert-authority * ${other}\n${name()} ${sshd.hostKey}\n`;
    expect((await connect(both)).reply).toBe('in\n');
  });

  it('that has changed is refused, also with --accept-new, with both fingerprints and the line', async () => {
    for (const acceptNew of [false, true]) {
      const error: unknown = await connect(`\n${name()} ${other}\n`, acceptNew).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ problem: 'host-key-changed' });
      expect(String(error)).toBe(
        `ConnectionError: the host key of ${name()} has changed: it shows ssh-ed25519 ${fingerprint}, on file is ssh-ed25519 ${otherFingerprint} (${at(`known_hosts_${count - 1}`)}:2)`,
      );
    }
  });

  it('of a type that the host does not have is refused, also with --accept-new', async () => {
    const rsa = readFileSync(at('rsa.pub'), 'utf8').trim();
    await expect(connect(`${name()} ${rsa}\n`, true)).rejects.toMatchObject({
      problem: 'host-key-changed',
      message: expect.stringMatching(/on file is ssh-rsa SHA256:.*:1\), and the host has no key of that type/),
    });
  });

  it('that is revoked is refused, whatever else is on file', async () => {
    const text = `${name()} ${sshd.hostKey}\n@revoked * ${sshd.hostKey}\n`;
    await expect(connect(text, true)).rejects.toMatchObject({
      problem: 'host-key-changed',
      message: expect.stringMatching(/is revoked: ssh-ed25519 SHA256:.*:2\)$/),
    });
  });
});

describe('what ssh itself makes of a host key', () => {
  /** Tells whether the real ssh trusts the host by these files. */
  async function trusted(files: readonly string[], options: readonly string[]): Promise<boolean> {
    const args = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'GlobalKnownHostsFile=none', ...options];
    const { exitCode } = await execa(
      'ssh',
      [
        ...['-F', '/dev/null', '-i', at('client_key'), '-o', `UserKnownHostsFile=${files.join(' ')}`],
        ...args.flatMap((option) => ['-o', option]),
        ...['-p', String(sshd.port), '127.0.0.1', 'true'],
      ],
      { reject: false, stdin: 'ignore' },
    );
    return exitCode === 0;
  }

  it.each([
    ['the name', (name: string, key: string) => [`${name} ${key}`]],
    ['the name without the port', (_name: string, key: string) => [`127.0.0.1 ${key}`]],
    ['a list', (name: string, key: string) => [`x,${name},y ${key}`]],
    ['a wildcard', (_name: string, key: string) => [`* ${key}`]],
    ['another wildcard', (_name: string, key: string) => [`127.0.0.? ${key}`]],
    ['a wildcard too few', (_name: string, key: string) => [`127.0.? ${key}`]],
    ['a negated name', (name: string, key: string) => [`*,!${name},!127.0.0.1 ${key}`]],
    ['a negated name only', (name: string, key: string) => [`!${name},!127.0.0.1 ${key}`]],
    ['upper case', (name: string, key: string) => [`LOCALHOST,${name.toUpperCase()} ${key}`]],
    ['another port', (_name: string, key: string) => [`[127.0.0.1]:1 ${key}`]],
    ['another key', (name: string) => [`${name} ${other}`]],
    ['another key, then this one', (name: string, key: string) => [`${name} ${other}`, `${name} ${key}`]],
    ['revoked behind it', (name: string, key: string) => [`${name} ${key}`, `@revoked * ${key}`]],
    ['revoked without the port', (name: string, key: string) => [`${name} ${key}`, `@revoked 127.0.0.1 ${key}`]],
    ['another that is revoked', (name: string, key: string) => [`${name} ${key}`, `@revoked * ${other}`]],
    ['an authority', (_name: string, key: string) => [`@cert-authority * ${key}`]],
    ['an unknown marker', (name: string, key: string) => [`@trusted ${name} ${key}`]],
    ['spaces and a comment', (name: string, key: string) => [`  ${name}\t ${key} some comment`]],
    ['a comment', (name: string, key: string) => [`#${name} ${key}`]],
    ['a torn line', (name: string, key: string) => [`${name} ${key.slice(0, -10)}`]],
  ])('is made of it here: %s', async (_what, lines) => {
    const file = at(`known_hosts_${count++}`);
    writeFileSync(file, `${lines(name(), sshd.hostKey).join('\n')}\n`);
    const connection = await openConnection('host', sshd.settings({ knownHostsFiles: [file] })).catch((error) => {
      expect(error.problem).toMatch(/^host-key-/); // Refused for anything else, it would only look like it.
      return undefined;
    });
    expect(connection !== undefined).toBe(await trusted([file], []));
    await connection?.close();
  });

  it('is made of several files, and of a list of revoked keys', async () => {
    const files = [at('first_of_two'), at('second_of_two')];
    writeFileSync(files[0] ?? '', `other ${other}\n`);
    writeFileSync(files[1] ?? '', `${name()} ${sshd.hostKey}\n`);
    const connection = await openConnection('host', sshd.settings({ knownHostsFiles: files }));
    await connection.close();
    expect(await trusted(files, [])).toBe(true);
    expect(await trusted(files, [`RevokedHostKeys=${at('host_key.pub')}`])).toBe(false);
    const key = Buffer.from(sshd.hostKey.split(' ')[1] ?? '', 'base64');
    expect(isRevoked(at('host_key.pub'), key)).toBe(true);
    expect(isRevoked(at('other.pub'), key)).toBe(false);
    expect(() => isRevoked(at('no-such-list'), key)).toThrow(/no-such-list cannot be read \(ENOENT\), so that no host/);
    await execa('ssh-keygen', ['-q', '-k', '-f', at('krl'), at('host_key.pub')]);
    expect(() => isRevoked(at('krl'), key)).toThrow(/is a KRL, which is not supported/);
  });
});

describe('--accept-new', () => {
  it('files the key of an unknown host, on a line of its own', async () => {
    const { file } = await connect(`other ${other}`, true);
    expect(readFileSync(file, 'utf8')).toBe(`other ${other}\n${name()} ${sshd.hostKey}\n`);
  });

  it('makes the file for its owner alone', async () => {
    const file = at('new/known_hosts');
    const connection = await openConnection('host', sshd.settings({ knownHostsFiles: [file], acceptNew: true }));
    await connection.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(file)).toBe(true);
  });
});
