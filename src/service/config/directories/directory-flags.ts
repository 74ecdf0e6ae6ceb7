import type { ServiceConfig } from '../config-schema.js';
import { serviceConfig } from '../config-schema.js';
import { environmentValue } from '../environment-config.js';
import { InputProblem } from '../input-problem.js';
import { directoryKeys } from './directory-keys.js';

/**
 * Reads the options about directories among those of a command line, where they are texts: `ldapUrl` for `ldap_url`.
 * @throws InputProblem that names the option
 */
export function readDirectoryFlags(
  flags: Readonly<Record<string, unknown>>,
): Pick<ServiceConfig, keyof typeof directoryKeys> {
  const found = Object.keys(directoryKeys).flatMap((key) => {
    const given = flags[key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];
    if (given === undefined) return [];
    const name = key as keyof typeof directoryKeys;
    const read = serviceConfig.shape[name].safeParse(typeof given === 'string' ? environmentValue(name, given) : given);
    if (read.success) return [[key, read.data]];
    throw new InputProblem(`--${key.replaceAll('_', '-')}: ${read.error.issues[0]?.message}`);
  });
  return Object.fromEntries(found);
}
