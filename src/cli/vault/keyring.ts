import {
  askVaultPassword,
  keyringOf,
  type VaultPasswordOptions,
  withVaultPasswords,
} from '../../library/session/vault-passwords.js';
import type { Keyring } from '../../vars/vault/keyring.js';
import { terminalInput } from '../terminal/ask-secret.js';

/** Options of a command line that give vault passwords. */
export interface VaultOptions {
  readonly vaultId: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly askVaultPassword: boolean;
}

/** Returns the options of a command line as a session takes them. */
export function vaultOptions(options: VaultOptions): VaultPasswordOptions {
  const { vaultId, vaultPasswordFile, askVaultPassword } = options;
  return { vaultIds: vaultId, vaultPasswordFiles: vaultPasswordFile, askVaultPassword };
}

/** Makes the keyring of a command about vaults: where no password is named, it is entered. */
export function vaultKeyring(options: VaultOptions): Keyring {
  const given = vaultOptions(options);
  const keyring = keyringOf(given);
  return keyring.sources.length > 0 ? keyring : keyringOf({ ...given, askVaultPassword: true });
}

/** Does work that opens vaults. Where a password must be entered, asks on the terminal and does the work again. */
export function withPasswords<Result>(keyring: Keyring, work: () => Promise<Result> | Result): Promise<Result> {
  return withVaultPasswords(keyring, terminalInput(), work);
}

/** Asks for a password, or a text that is treated as one, on the terminal. @throws InputError where there is none */
export function askPassword(question: string): Promise<string> {
  return askVaultPassword(question, terminalInput());
}
