import { seal } from '../../vars/vault/cipher.js';
import { writeEnvelope } from '../../vars/vault/envelope.js';
import type { Keyring } from '../../vars/vault/keyring.js';
import { defaultLabel, type PasswordSource } from '../../vars/vault/password-source.js';
import { askPassword, withPasswords } from './keyring.js';
import { vaultError } from './on-vaults.js';

/** Password to encrypt with, and the id to write down; undefined where that is the default one. */
export interface SealingPassword {
  readonly label: string | undefined;
  readonly password: string;
}

/**
 * Returns the password to encrypt with: the only one that was given, or that of the given id.
 *
 * @throws InputError where that leaves more than one, or none
 */
export async function sealingPassword(keyring: Keyring, id: string | undefined): Promise<SealingPassword> {
  const fitting = keyring.sources.filter(({ label }) => id === undefined || label === id);
  const ids = [...new Set(keyring.sources.map(({ label }) => label))].join(', ');
  if (fitting.length === 0) throw vaultError(`no password was given for the id ${id}`, `choose one of ${ids}`);
  if (new Set(fitting.map(({ label }) => label)).size > 1) {
    throw vaultError(`several ids were given: ${ids}`, 'choose one of them: --encrypt-vault-id ID');
  }
  const [source] = fitting;
  if (source === undefined) throw new Error('there is no source');
  return passwordOf(source, keyring);
}

/** Returns the password of a source to encrypt with; one that is entered is entered twice. @throws InputError */
export async function passwordOf(source: PasswordSource, keyring: Keyring): Promise<SealingPassword> {
  if (source.from === 'prompt') keyring.give(source, await askTwice(source.label));
  try {
    const password = await withPasswords(keyring, () => keyring.passwordOf(source));
    return { label: source.label === defaultLabel ? undefined : source.label, password };
  } catch (error) {
    if (!(error instanceof Error) || source.from === 'prompt') throw error;
    throw vaultError(`the vault password of ${source.label} cannot be read from ${source.path}: ${error.message}`);
  }
}

/** Encrypts as Ansible Vault does. */
export function encryptText(plain: Uint8Array, { label, password }: SealingPassword): string {
  return writeEnvelope({ label, sealed: seal(plain, password) });
}

async function askTwice(label: string): Promise<string> {
  const of = label === defaultLabel ? '' : ` (${label})`;
  const password = await askPassword(`New vault password${of}: `);
  if (password === '') throw vaultError('no password was entered');
  if ((await askPassword(`The same again${of}: `)) !== password) throw vaultError('the two passwords differ');
  return password;
}
