import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../diagnostics/diagnostic.js';
import { seal } from '../../vars/vault/cipher.js';
import { writeEnvelope } from '../../vars/vault/envelope.js';
import { run } from '../run.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-'));
  mkdirSync(join(folder, 'out'));
});
afterEach(() => {
  delete process.env.PROVISION_VAULT_PASSWORD_FILE;
  delete process.env.ANSIBLE_VAULT_PASSWORD_FILE;
  rmSync(folder, { recursive: true, force: true });
});

const word = 'canary-of-a-vault';

/** Writes a site that prints a variable, and the variable encrypted. */
function encryptedSite(label: string | undefined, password: string): string {
  const sealed = seal(Buffer.from(word), password);
  mkdirSync(join(folder, 'host_vars'));
  const lines = writeEnvelope({ label, sealed }).trimEnd().replaceAll('\n', '\n  ');
  writeFileSync(join(folder, 'host_vars', 'here.yaml'), `word: !vault |\n  ${lines}\n`);
  writeFileSync(join(folder, 'hosts.yaml'), 'all: { hosts: { here: { connection: local } } }\n');
  writeFileSync(join(folder, 'site.yaml'), '- hosts: all\n  tasks:\n    - debug: { msg: "it is {{word}}" }\n');
  return join(folder, 'site.yaml');
}

async function tasksWith(site: string, options: Partial<Parameters<typeof run>[0]>): Promise<string> {
  const { tasks } = await run({ site, inventory: join(folder, 'hosts.yaml'), root: join(folder, 'out'), ...options });
  return JSON.stringify(tasks);
}

describe('a vault password', () => {
  it.each(['PROVISION_VAULT_PASSWORD_FILE', 'ANSIBLE_VAULT_PASSWORD_FILE'])('is that of %s', async (variable) => {
    writeFileSync(join(folder, 'password'), 'sesame\n');
    process.env[variable] = join(folder, 'password');
    expect(await tasksWith(encryptedSite(undefined, 'sesame'), {})).toContain('it is (secret)');
  });

  it('comes with its id, from a file, or from somebody', async () => {
    writeFileSync(join(folder, 'password'), 'sesame\n');
    const site = encryptedSite('prod', 'sesame');
    const asked: string[] = [];
    const askSecret = async (question: string) => {
      asked.push(question);
      return 'sesame';
    };
    const ways = [
      { vaultPasswords: [{ id: 'prod', password: 'sesame' }] },
      { vaultPasswordFiles: [join(folder, 'password')] },
      { vaultIds: [`prod@${join(folder, 'password')}`] },
      { vaultIds: ['prod@prompt'], askSecret },
    ];
    for (const options of ways) expect(await tasksWith(site, options)).toContain('(secret)');
    expect(asked).toEqual(['Vault password (prod): ']);
  });

  it('that is missing is an error that names the options of a program', async () => {
    const failed = tasksWith(encryptedSite(undefined, 'sesame'), {});
    await expect(failed).rejects.toMatchObject({
      diagnostics: [{ code: 'vault', hint: 'give its password in vaultPasswords or vaultPasswordFiles' }],
    });
  });
});

it('errors in the input are thrown without the secrets that were learnt before', async () => {
  const site = encryptedSite(undefined, 'sesame');
  writeFileSync(site, `- hosts: ${word}\n`);
  const error: unknown = await tasksWith(site, { vaultPasswords: [{ password: 'sesame' }] }).catch((caught) => caught);
  if (!(error instanceof InputError)) throw error;
  expect(error.message).toContain('(secret)');
  expect(error.message).not.toContain(word);
});

it('the passphrase of an encrypted key is given, or entered, before any host is contacted', async () => {
  const key = join(folder, 'key');
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', key]);
  const options = {
    site: [{ hosts: 'all', gather_facts: false }],
    inventory: { all: { hosts: { there: { host: '127.0.0.1', port: 1, identity_file: key } } } },
  };
  const asked: string[] = [];
  const askSecret = async (question: string) => {
    asked.push(question);
    return 'open sesame';
  };
  expect((await run({ ...options, askSecret })).problems.there).toContain('127.0.0.1');
  expect(asked).toEqual([`Passphrase of ${key}: `]);
  await expect(run({ ...options, keyPassphrase: 'wrong' })).rejects.toMatchObject({
    diagnostics: [{ code: 'key-passphrase', message: `the passphrase does not open the key ${key}` }],
  });
});
