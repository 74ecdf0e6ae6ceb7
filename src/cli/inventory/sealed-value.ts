import type { YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { Data } from '../../vars/template/template-value.js';

/** A value that stands encrypted in an inventory, and is not opened: its name and place can be shown without it. */
export class SealedValue {
  constructor(readonly ciphertext: string) {}
}

/** Reads inventories for printing: encrypted values stay as they are, and texts marked `!unsafe` stay marked. */
export function forPrinting(vault: YamlVault): YamlVault {
  return { ...vault, keepSealed: (sealed) => new SealedValue(sealed), asIs: (text) => new Data(text) };
}
