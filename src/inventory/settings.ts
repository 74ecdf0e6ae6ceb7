import { resolve } from 'node:path';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { ConnectionSettings } from '../model/play.js';
import type { VariableTable } from '../vars/variables.js';
import { refused, spellings } from './setting-names.js';
import { SettingReader } from './setting-reader.js';

/** All names of variables that say how a host is reached. */
export const connectionVariables: readonly string[] = [
  ...Object.entries(spellings).flatMap(([ours, theirs]) => [ours, ...theirs]),
  ...Object.keys(refused),
];

/** What the command line says of all hosts. */
export interface ConnectionOverrides {
  readonly root?: string;
  readonly acceptNew?: boolean;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomePassword?: string;
  /** Who to log in as where the inventory doesn't say (`-u`). */
  readonly user?: string;
  /** Key to use where the inventory doesn't say (`--private-key`). */
  readonly identityFile?: string;
}

/**
 * How a host is reached, from its variables in either spelling.
 *
 * @param rendered values of the connection variables, templates resolved
 * @param source the same variables with their places; paths are relative to the file that each was written in
 */
export function connectionSettings(
  name: string,
  rendered: Readonly<Record<string, unknown>>,
  source: VariableTable,
  overrides: ConnectionOverrides,
  diagnostics: Diagnostics,
): ConnectionSettings {
  const reader = new SettingReader(rendered, source, diagnostics);
  reader.refuse();
  const defaultKeys = overrides.identityFile === undefined ? [] : [resolve(overrides.identityFile)];
  return {
    connection: reader.connection(),
    address: reader.text('host') ?? name,
    port: reader.port(),
    user: reader.text('user') ?? overrides.user,
    identityFiles: reader.paths('identity_file') ?? defaultKeys,
    knownHostsFiles: reader.paths('known_hosts_file'),
    password: reader.secret('password'),
    become: overrides.become ?? reader.flag('become') ?? false,
    becomeUser: overrides.becomeUser ?? reader.text('become_user') ?? 'root',
    becomePassword: reader.secret('become_password') ?? overrides.becomePassword,
    root: overrides.root ?? reader.path('root') ?? '',
    acceptNew: overrides.acceptNew ?? reader.flag('accept_new') ?? false,
    connectTimeout: reader.seconds('connect_timeout') ?? 10,
  };
}
