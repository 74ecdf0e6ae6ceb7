import { InputError } from '../../diagnostics/diagnostic.js';
import { readFileBytes } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { isSealed } from '../../diagnostics/secrets/sealed-text.js';
import type { Keyring, Unlocked } from '../../vars/vault/keyring.js';
import { complainOf } from '../terminal/complain.js';
import { printMessage } from '../terminal/output.js';
import { type VaultOptions, vaultKeyring, withPasswords } from './keyring.js';

/** Does the work of a command, prints its error, and returns the exit status: 0, 1 for wrong input, 2 for a failure. */
export async function onVaults(request: VaultOptions, work: (keyring: Keyring) => Promise<void>): Promise<number> {
  try {
    await work(vaultKeyring(request));
    return 0;
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) return complainOf(error, {});
    printMessage(`error: ${error.message}`);
    return 2;
  }
}

/** Encrypted file that was opened. */
export interface OpenedFile extends Extract<Unlocked, { bytes: Buffer }> {
  readonly file: string;
  readonly text: string;
}

/**
 * Opens encrypted files, all of them before anything is done with one. @throws InputError with the first that can't be
 * opened
 */
export async function openFiles(files: readonly string[], keyring: Keyring): Promise<readonly OpenedFile[]> {
  return withPasswords(keyring, () =>
    files.map((file) => {
      const text = readFile(file).toString('latin1');
      if (!isSealed(text))
        throw vaultError(
          `${file} is not encrypted`,
          'give a file that is encrypted as a whole: values marked !vault are opened by runs only',
        );
      return { file, text, ...openText(file, text, keyring) };
    }),
  );
}

/** Opens an encrypted text. @throws InputError saying why it can't be; PasswordToAsk */
export function openText(from: string, text: string, keyring: Keyring): Extract<Unlocked, { bytes: Buffer }> {
  const unlocked = keyring.open(text);
  if ('bytes' in unlocked) return unlocked;
  const { line, column = 0, hint } = unlocked;
  if (line === undefined) throw vaultError(`${from} is ${unlocked.problem}`, hint);
  const place = { file: from, line: line + 1, column: column + 1 };
  throw new InputError([{ code: 'vault', message: unlocked.problem, place, hint }]);
}

/** Largest file that is encrypted or opened, in bytes: that is done in memory. */
const largestVault = 256 * 1024 * 1024;

/** Reads a file. @throws InputError */
export function readFile(file: string): Buffer {
  try {
    return readFileBytes(file, { most: largestVault, besides: 'any-pipe' });
  } catch (error) {
    throw new InputError([{ code: 'unreadable-file', message: `cannot read ${file}: ${reasonOf(error)}` }]);
  }
}

/** Makes the error of a wrong input. */
export function vaultError(message: string, hint?: string): InputError {
  return new InputError([{ code: 'vault', message, hint }]);
}
