import type { VaultOptions } from './keyring.js';
import { onVaults, openFiles } from './on-vaults.js';

/** `provision vault view`. */
export function viewAction(files: readonly string[], request: VaultOptions): Promise<number> {
  return onVaults(request, async (keyring) => {
    for (const { bytes } of await openFiles(files, keyring)) process.stdout.write(bytes);
  });
}
