import { replaceFile } from '../../files/replace-file.js';
import { Keyring } from '../../vars/vault/keyring.js';
import { defaultLabel, type PasswordSource, parseVaultId } from '../../vars/vault/password-source.js';
import { printMessage } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { onVaults, openFiles, vaultError } from './on-vaults.js';
import { encryptText, passwordOf } from './sealing-password.js';

/** Options of `provision vault rekey`. */
export interface RekeyRequest extends VaultOptions {
  readonly newVaultPasswordFile?: string;
  readonly newVaultId?: string;
}

/**
 * Gives files another password: `provision vault rekey`. A file keeps its id unless a new one is given. All files are
 * opened before the first is changed.
 */
export function rekeyAction(files: readonly string[], request: RekeyRequest): Promise<number> {
  return onVaults(request, async (keyring) => {
    const opened = await openFiles(files, keyring);
    const { label, password } = await passwordOf(newSource(request), new Keyring([]));
    for (const { file, bytes, label: before } of opened) {
      await replaceFile(file, encryptText(bytes, { password, label: label ?? before }));
      printMessage(`${file}: has the new password`);
    }
  });
}

function newSource({ newVaultPasswordFile, newVaultId }: RekeyRequest): PasswordSource {
  if (newVaultId !== undefined && newVaultPasswordFile !== undefined) {
    throw vaultError('--new-vault-id and --new-vault-password-file were both given', 'give one of them');
  }
  if (newVaultId !== undefined) return parseVaultId(newVaultId);
  if (newVaultPasswordFile !== undefined) return { label: defaultLabel, from: 'file', path: newVaultPasswordFile };
  return { label: defaultLabel, from: 'prompt' };
}
