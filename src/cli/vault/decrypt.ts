import { text } from 'node:stream/consumers';
import { replaceFile } from '../../files/replace-file.js';
import { printData, printMessage } from '../terminal/output.js';
import { type VaultOptions, withPasswords } from './keyring.js';
import { onVaults, openFiles, openText } from './on-vaults.js';

/** Decrypts files: `provision vault decrypt`. All files are opened before the first is changed. */
export function decryptAction(files: readonly string[], request: VaultOptions): Promise<number> {
  return onVaults(request, async (keyring) => {
    if (files.length === 0) {
      // A value may be pasted as it stands in YAML, indented.
      const given = (await text(process.stdin)).replace(/^[ \t]+/gm, '');
      const { bytes } = await withPasswords(keyring, () => openText('standard input', given, keyring));
      printData(bytes);
      return;
    }
    for (const { file, bytes } of await openFiles(files, keyring)) {
      await replaceFile(file, bytes);
      printMessage(`${file}: decrypted`);
    }
  });
}
