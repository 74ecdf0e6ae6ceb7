import { text } from 'node:stream/consumers';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { RegistryError } from '../../registry/registry-error.js';
import { askSecret } from './ask-secret.js';

/** Sources of a password. */
export interface PasswordSources {
  /** Account, as the question names it: `anna at registry:5000`. */
  readonly of: string;
  /** Environment variable that may hold it, and its value. */
  readonly variable: string;
  readonly given: string | undefined;
  readonly fromStdin: boolean;
}

/**
 * Returns a password: from standard input with `fromStdin`, else from the environment, else asked for with echo off. It is
 * never an argument: others see those, and histories keep them.
 * @throws RegistryError `input` when no password can be had
 */
export async function enteredPassword(sources: PasswordSources): Promise<string> {
  const password = await readPassword(sources);
  currentSecrets().add(password);
  return password;
}

async function readPassword({ of, variable, given, fromStdin }: PasswordSources): Promise<string> {
  if (fromStdin) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new RegistryError('input', '--password-stdin: standard input is empty');
    return password;
  }
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) {
    throw new RegistryError('input', `the password of ${of} is needed, and standard input is not a terminal`, {
      hint: `give it on standard input with --password-stdin, or set ${variable}`,
    });
  }
  const password = await askSecret(`Password of ${of}: `);
  if (password === '') throw new RegistryError('input', 'no password was given');
  return password;
}
