import type { Opened, YamlVault } from '../../diagnostics/yaml/yaml-vault.js';
import { Data } from '../template/template-value.js';
import type { Keyring } from './keyring.js';
import { secretsIn } from './secret-values.js';

/**
 * Opens vaults in YAML files with the passwords of a keyring.
 *
 * @param keep told each text that was encrypted, and of a file that is encrypted as a whole each that is a secret
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
      for (const secret of secretsIn(value)) keep(secret);
    },
  };
}

function noTemplate(text: string): unknown {
  return text.includes('{') ? new Data(text) : text;
}
