import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import type { ConnectionSettings } from '../../model/play.js';
import { askSecret } from '../terminal/become-password.js';

const variable = 'PROVISION_KEY_PASSPHRASE';
const attempts = 3;

/**
 * The passphrases of encrypted keys without which hosts can't be logged in to: each asked for once a run, before any
 * host is contacted, or taken from PROVISION_KEY_PASSPHRASE. One that opens several keys is asked for once. Off a
 * terminal nobody is asked; what a host says of a login that failed names the key then.
 */
export async function keyPassphrases(
  hosts: readonly ConnectionSettings[],
  diagnostics: Diagnostics,
): Promise<ReadonlyMap<string, string>> {
  const given = process.env[variable];
  delete process.env[variable];
  const found = new Map<string, string>();
  const known = given === undefined || given === '' ? [] : [given];
  if (known.length === 0 && !process.stdin.isTTY) return found;
  const { lockedKeys } = await import('../../connection/ssh/locked-keys.js');
  for (const file of await lockedKeys(hosts)) {
    const passphrase = (await firstThatOpens(file, known)) ?? (await asked(file));
    if (passphrase === undefined) {
      diagnostics.add({
        code: 'key-passphrase',
        message: `the passphrase ${known.length > 0 ? `in ${variable} ` : ''}does not open the key ${file}`,
        hint: 'load the key with ssh-add, or give its passphrase',
      });
    } else if (passphrase !== '') {
      known.push(passphrase);
      found.set(file, passphrase);
    }
  }
  return found;
}

/** Empty when nothing was entered: the key is left out, as ssh does. */
async function asked(file: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
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
