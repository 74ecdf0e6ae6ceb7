import { printData } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { onVaults, openFiles } from './on-vaults.js';

/** Prints the content of encrypted files, byte for byte, whatever it does to a terminal: `provision vault view`. */
export function viewAction(files: readonly string[], request: VaultOptions): Promise<number> {
  return onVaults(request, async (keyring) => {
    for (const { bytes } of await openFiles(files, keyring)) printData(bytes);
  });
}
