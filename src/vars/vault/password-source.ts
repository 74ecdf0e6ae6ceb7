import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { homeFolder } from '../../model/home-folder.js';

/** Source of the password of a vault id. */
export type PasswordSource =
  | { readonly label: string; readonly from: 'prompt' }
  /** A file that holds it; an executable one is run and prints it. */
  | { readonly label: string; readonly from: 'file'; readonly path: string };

/** Most bytes that a file with a password may have. */
const largestPassword = 64 * 1024;

/** The id of passwords for which none was given. */
export const defaultLabel = 'default';

/** Reads the value of `--vault-id`: `[LABEL@]SOURCE`, where the source is a file, a script, or `prompt`. */
export function parseVaultId(text: string): PasswordSource {
  const at = text.indexOf('@');
  const label = at < 0 ? defaultLabel : text.slice(0, at) || defaultLabel;
  const source = text.slice(at + 1);
  return source === 'prompt' || source === 'prompt_ask_vault_pass'
    ? { label, from: 'prompt' }
    : { label, from: 'file', path: source };
}

/** Returns the name of a source in messages: `dev (dev-password.txt)`. */
export function sourceWords(source: PasswordSource): string {
  return `${source.label} (${source.from === 'prompt' ? 'asked for' : source.path})`;
}

/**
 * Returns the password that a file holds, or its script prints, without the blanks around it. A script whose name ends
 * in `-client` is given the id it is wanted for, as Ansible does: `--vault-id LABEL`.
 *
 * @throws Error saying why there is none
 */
export function readPassword({ label, path }: Extract<PasswordSource, { from: 'file' }>): string {
  const file = resolve(path.replace(/^~(?=\/|$)/, homeFolder()));
  const password = (
    isProgram(file) ? runScript(file, label) : readTextFile(file, { most: largestPassword, besides: 'any-pipe' })
  ).trim();
  if (password === '') throw new Error('it gives no password: it is empty');
  if (password.startsWith('$ANSIBLE_VAULT;')) throw new Error('it is a vault itself, not a password');
  return password;
}

function isProgram(file: string): boolean {
  if (!statSync(file).isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function runScript(file: string, label: string): string {
  const asks = /-client(\.\w+)?$/.test(basename(file));
  try {
    return execFileSync(file, asks ? ['--vault-id', label] : [], {
      encoding: 'utf8',
      stdio: ['inherit', 'pipe', 'inherit'],
    });
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    const reason = typeof status === 'number' ? `exit status ${status}` : reasonOf(error);
    throw new Error(`the script failed: ${reason}`);
  }
}
