import { text } from 'node:stream/consumers';
import { currentSecrets } from '../../diagnostics/secrets/session-secrets.js';
import { RegistryError } from '../../registry/registry-error.js';
import { askSecret } from '../terminal/ask-secret.js';

const variable = 'PROVISION_REGISTRY_PASSWORD';

/**
 * Returns the password of an account: from standard input with `fromStdin`, else from PROVISION_REGISTRY_PASSWORD, else
 * asked for with echo off. It is never an argument: others see those, and histories keep them.
 * @throws RegistryError `input` when no password can be had
 */
export async function passwordFor(user: string, host: string, fromStdin: boolean): Promise<string> {
  const password = await readPassword(user, host, fromStdin);
  currentSecrets().add(password);
  return password;
}

async function readPassword(user: string, host: string, fromStdin: boolean): Promise<string> {
  const given = process.env[variable];
  delete process.env[variable]; // No helper program started later inherits it.
  if (fromStdin) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new RegistryError('input', '--password-stdin: standard input is empty');
    return password;
  }
  if (given !== undefined && given !== '') return given;
  if (!process.stdin.isTTY) {
    throw new RegistryError('input', `the password of ${user} is needed, and standard input is not a terminal`, {
      hint: `give it on standard input with --password-stdin, or set ${variable}`,
    });
  }
  const password = await askSecret(`Password of ${user} at ${host}: `);
  if (password === '') throw new RegistryError('input', 'no password was given');
  return password;
}

/** Returns the user of `--creds`. @throws RegistryError `input` when a password is written behind it */
export function userOf(creds: string): string {
  if (!creds.includes(':')) return creds;
  throw new RegistryError('input', '--creds takes the user alone: a password in an argument is seen by others', {
    hint: `give the password on standard input with --password-stdin, or set ${variable}`,
  });
}
