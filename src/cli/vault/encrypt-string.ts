import { text } from 'node:stream/consumers';
import { printLines } from '../terminal/output.js';
import type { EncryptRequest } from './encrypt.js';
import { askPassword } from './keyring.js';
import { mistake, onVaults } from './on-vaults.js';
import { sealed, sealingPassword } from './sealing-password.js';

export interface EncryptStringRequest extends EncryptRequest {
  readonly name?: string;
}

/** `provision vault encrypt-string`: an encrypted value, ready to be pasted into YAML. */
export function encryptStringAction(words: readonly string[], request: EncryptStringRequest): Promise<number> {
  return onVaults(request, async (keyring) => {
    if (words.length > 0) {
      throw mistake(
        'the text to encrypt is no argument: those are seen by others and kept in histories',
        'give it on standard input, or leave it away and be asked for it',
      );
    }
    const password = await sealingPassword(keyring, request.encryptVaultId);
    const plain = process.stdin.isTTY
      ? await askPassword('Text to encrypt: ')
      : (await text(process.stdin)).replace(/\r?\n$/, '');
    if (plain === '') throw mistake('there is no text to encrypt');
    const lines = sealed(Buffer.from(plain), password).trimEnd().split('\n');
    const key = request.name === undefined ? '' : `${request.name}: `;
    printLines([`${key}!vault |`, ...lines.map((line) => `  ${line}`)]);
  });
}
