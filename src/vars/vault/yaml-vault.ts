import type { Opened, YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { Data, isMap } from '../template/template-value.js';
import type { Keyring } from './keyring.js';

/**
 * Opens vaults in YAML files with the passwords of a keyring.
 *
 * @param keep told each text that was encrypted
 */
export function yamlVault(keyring: Keyring, keep: (secret: string) => void): YamlVault {
  return {
    open(sealed): Opened {
      const unlocked = keyring.open(sealed);
      return 'bytes' in unlocked ? { text: unlocked.bytes.toString('utf8') } : unlocked;
    },
    valueOf(text) {
      keep(text);
      // What was encrypted is not a template, as in Ansible, even where it has the signs of one.
      return noTemplate(text);
    },
    asIs: noTemplate,
    keepSecret(value) {
      for (const secret of textsIn(value)) keep(secret);
    },
  };
}

function noTemplate(text: string): unknown {
  return text.includes('{') ? new Data(text) : text;
}

/** Returns every text and number of a value; true, false and templates are nobody's secret. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('{{') ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.values(value).flatMap(textsIn) : [];
}
