import { resolve } from 'node:path';
import { splitPort } from '../../inventory/read/host-port.js';
import { addressProblem, userProblem } from '../../model/login-names.js';
import type { ConnectionSettings } from '../../model/play.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Options that say how the host of a registry is reached. */
export interface GcConnectionOptions {
  readonly privateKey: string | undefined;
  readonly become: boolean;
  readonly askBecomePass: boolean;
  readonly acceptNew: boolean;
}

/** Makes the settings of a connection to `[user@]host[:port]`, or to this machine. @throws RegistryError `input` */
export function gcSettings(
  on: string,
  { privateKey, become, acceptNew }: GcConnectionOptions,
  becomePassword: string | undefined,
): ConnectionSettings {
  const [, user, rest = ''] = /^(?:([^@\s]+)@)?([^@\s]+)$/.exec(on) ?? [];
  if (rest === '') throw new RegistryError('input', `--on ${JSON.stringify(on)} is not [user@]host[:port], or local`);
  const { pattern, port } = splitPort(rest);
  const problem =
    on === 'local' ? undefined : (addressProblem(pattern) ?? (user === undefined ? undefined : userProblem(user)));
  if (problem !== undefined) throw new RegistryError('input', `--on ${JSON.stringify(on)} ${problem}`);
  return {
    connection: on === 'local' ? 'local' : 'ssh',
    address: pattern,
    port,
    user,
    identityFiles: privateKey === undefined ? [] : [resolve(privateKey)],
    knownHostsFiles: undefined,
    password: undefined,
    become,
    becomeUser: 'root',
    becomePassword,
    root: '',
    acceptNew,
    connectTimeout: 10,
  };
}
