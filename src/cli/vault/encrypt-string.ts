import { text } from 'node:stream/consumers';
import { printLines } from '../terminal/output.js';
import type { EncryptRequest } from './encrypt.js';
import { askPassword } from './keyring.js';
import { onVaults, vaultError } from './on-vaults.js';
import { encryptText, sealingPassword } from './sealing-password.js';

/** Options of `provision vault encrypt-string`. */
export interface EncryptStringRequest extends EncryptRequest {
  readonly name?: string;
}

/** Prints a text as an encrypted value for YAML: `provision vault encrypt-string`. */
export function encryptStringAction(words: readonly string[], request: EncryptStringRequest): Promise<number> {
  return onVaults(request, async (keyring) => {
    if (words.length > 0) {
      throw vaultError(
        'the text to encrypt cannot be an argument: others can see arguments, and histories keep them',
        'give it on standard input, or enter it when it is asked for',
      );
    }
    const password = await sealingPassword(keyring, request.encryptVaultId);
    const plain = process.stdin.isTTY
      ? await askPassword('Text to encrypt: ')
      : (await text(process.stdin)).replace(/\r?\n$/, '');
    if (plain === '') throw vaultError('there is no text to encrypt');
    const lines = encryptText(Buffer.from(plain), password).trimEnd().split('\n');
    const key = request.name === undefined ? '' : `${request.name}: `;
    printLines([`${key}!vault |`, ...lines.map((line) => `  ${line}`)]);
  });
}
