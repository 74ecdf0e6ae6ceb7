import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { ConnectionSettings } from '../../model/play.js';
import { takeFromEnvironment } from './environment-secret.js';
import type { HiddenInput } from './hidden-input.js';

const variable = 'PROVISION_KEY_PASSPHRASE';
const attempts = 3;

/** Options of {@link findKeyPassphrases}. */
export interface KeyPassphraseOptions {
  /** Passphrase that is tried first; default: that of PROVISION_KEY_PASSPHRASE. */
  readonly given: string | undefined;
  /** Undefined: there is nobody to ask. What a host answers to a login that failed names the key then. */
  readonly askSecret: HiddenInput | undefined;
}

/**
 * Finds the passphrases of encrypted keys that hosts need for logging in: path of the key → passphrase. Each is entered
 * once, before any host is contacted; keys with the same passphrase share it.
 */
export async function findKeyPassphrases(
  hosts: readonly ConnectionSettings[],
  options: KeyPassphraseOptions,
  diagnostics: Diagnostics,
): Promise<ReadonlyMap<string, string>> {
  const fromEnvironment = takeFromEnvironment(variable);
  const given = options.given ?? fromEnvironment;
  const found = new Map<string, string>();
  const known = given === undefined ? [] : [given];
  if (known.length === 0 && options.askSecret === undefined) return found;
  const { lockedKeys } = await import('../../connection/ssh/locked-keys.js');
  for (const file of await lockedKeys(hosts)) {
    const passphrase = (await firstThatOpens(file, known)) ?? (await enteredFor(file, options.askSecret));
    if (passphrase === undefined) {
      const from = known.length === 0 || options.given !== undefined ? '' : `in ${variable} `;
      diagnostics.add({
        code: 'key-passphrase',
        message: `the passphrase ${from}does not open the key ${file}`,
        hint: 'load the key with ssh-add, or give its passphrase',
      });
    } else if (passphrase !== '') {
      known.push(passphrase);
      found.set(file, passphrase);
    }
  }
  return found;
}

/** Asks for the passphrase of a key. Empty when nothing was entered: the key is not used, as ssh does. */
async function enteredFor(file: string, askSecret: HiddenInput | undefined): Promise<string | undefined> {
  if (askSecret === undefined) return undefined;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const entered = await askSecret(`${attempt === 0 ? '' : 'That was not it. '}Passphrase of ${file}: `);
    if (entered === '') return '';
    if ((await firstThatOpens(file, [entered])) !== undefined) return entered;
  }
  return undefined;
}

async function firstThatOpens(file: string, passphrases: readonly string[]): Promise<string | undefined> {
  const { readKeyFile } = await import('../../connection/ssh/keys/key-file.js');
  for (const passphrase of passphrases) if ((await readKeyFile(file, passphrase)).is === 'key') return passphrase;
  return undefined;
}
