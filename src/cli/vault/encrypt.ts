import { buffer } from 'node:stream/consumers';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
import { replaceFile } from '../../files/replace-file.js';
import { printData, printMessage } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { mistake, onVaults, readFile } from './on-vaults.js';
import { sealed, sealingPassword } from './sealing-password.js';

export interface EncryptRequest extends VaultOptions {
  readonly encryptVaultId?: string;
}

/** `provision vault encrypt`: refuses what is encrypted already, before it has touched any file. */
export function encryptAction(files: readonly string[], request: EncryptRequest): Promise<number> {
  return onVaults(request, async (keyring) => {
    const read = files.map((file) => ({ file, plain: notSealed(file, readFile(file)) }));
    const password = await sealingPassword(keyring, request.encryptVaultId);
    if (files.length === 0) {
      printData(sealed(notSealed('standard input', await buffer(process.stdin)), password));
      return;
    }
    for (const { file, plain } of read) {
      await replaceFile(file, sealed(plain, password));
      printMessage(`${file}: encrypted`);
    }
  });
}

function notSealed(from: string, plain: Buffer): Buffer {
  if (!isSealed(plain.toString('latin1'))) return plain;
  throw mistake(`${from} is encrypted already`, 'provision vault rekey gives it another password');
}
