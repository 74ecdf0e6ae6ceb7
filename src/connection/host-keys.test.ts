import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../test/unit/sshd.js';
import { sh } from '../sh.js';
import { openConnection } from './open.js';

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

  it('is not known by a negated pattern, another port, or a certificate authority', async () => {
    for (const line of [
      `!${name()},* ${sshd.hostKey}`,
      `127.0.0.1 ${sshd.hostKey}`,
      `@cert-authority * ${sshd.hostKey}`,
      '',
    ]) {
      await expect(connect(`${line}\n`)).rejects.toMatchObject({
        problem: 'host-key-unknown',
        message: expect.stringContaining(`the host key of ${name()} is not known: ssh-ed25519 ${fingerprint}`),
        hint: expect.stringContaining('--accept-new'),
      });
    }
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
