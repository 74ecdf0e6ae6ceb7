import { RegistryError } from '../../registry/registry-error.js';
import { enteredPassword } from '../terminal/entered-password.js';

const variable = 'PROVISION_REGISTRY_PASSWORD';

/** Returns the password of an account of a registry. @throws RegistryError `input` when none can be had */
export async function passwordFor(user: string, host: string, fromStdin: boolean): Promise<string> {
  const given = process.env[variable];
  delete process.env[variable]; // No helper program started later inherits it.
  return await enteredPassword({ of: `${user} at ${host}`, variable, given, fromStdin });
}

/** Returns the user of `--creds`. @throws RegistryError `input` when a password is written behind it */
export function userOf(creds: string): string {
  if (!creds.includes(':')) return creds;
  throw new RegistryError('input', '--creds takes the user alone: a password in an argument is seen by others', {
    hint: `give the password on standard input with --password-stdin, or set ${variable}`,
  });
}
