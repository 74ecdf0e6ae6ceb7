import { printData } from '../terminal/output.js';
import type { VaultOptions } from './keyring.js';
import { onVaults, openFiles } from './on-vaults.js';

/** `provision vault view`: what files hold, byte for byte, whatever that does to a terminal. */
export function viewAction(files: readonly string[], request: VaultOptions): Promise<number> {
  return onVaults(request, async (keyring) => {
    for (const { bytes } of await openFiles(files, keyring)) printData(bytes);
  });
}
