import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { Data } from '../../vars/template/template-value.js';

/** Value of an inventory that is encrypted, and not opened: its name and place can be shown without it. */
export class SealedValue {
  constructor(readonly ciphertext: string) {}
}

/**
 * Returns a vault for printing inventories: encrypted values stay as they are, and texts marked `!unsafe` stay marked.
 */
export function vaultForPrinting(vault: YamlVault): YamlVault {
  return { ...vault, keepSealed: (sealed) => new SealedValue(sealed), asIs: (text) => new Data(text) };
}
