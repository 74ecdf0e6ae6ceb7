import { buffer } from 'node:stream/consumers';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
import { replaceFile } from '../../files/replace-file.js';
import { printData, printMessage } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { onVaults, readFile, vaultError } from './on-vaults.js';
import { encryptText, sealingPassword } from './sealing-password.js';

/** Options of `provision vault encrypt`. */
export interface EncryptRequest extends VaultOptions {
  readonly encryptVaultId?: string;
}

/** Encrypts files: `provision vault encrypt`. A file that is encrypted already is refused before any is changed. */
export function encryptAction(files: readonly string[], request: EncryptRequest): Promise<number> {
  return onVaults(request, async (keyring) => {
    const read = files.map((file) => ({ file, plain: refuseSealed(file, readFile(file)) }));
    const password = await sealingPassword(keyring, request.encryptVaultId);
    if (files.length === 0) {
      printData(encryptText(refuseSealed('standard input', await buffer(process.stdin)), password));
      return;
    }
    for (const { file, plain } of read) {
      await replaceFile(file, encryptText(plain, password));
      printMessage(`${file}: encrypted`);
    }
  });
}

function refuseSealed(from: string, plain: Buffer): Buffer {
  if (!isSealed(plain.toString('latin1'))) return plain;
  throw vaultError(`${from} is encrypted already`, 'use provision vault rekey for another password');
}
