import { resolve } from 'node:path';
import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { addressProblem, userProblem } from '../../model/login-names.js';
import type { ConnectionSettings } from '../../model/play.js';
import type { Become } from '../../model/task.js';
import type { Variable, VariableTable } from '../../vars/variables.js';
import type { InventoryHost } from '../inventory.js';
import { type BecomeSource, decideBecome, readBecome } from './become.js';
import { refused, spellings } from './setting-names.js';
import { SettingReader } from './setting-reader.js';

/** All names of variables that say how a host is reached. */
export const connectionVariables: readonly string[] = [
  ...Object.entries(spellings).flatMap(([ours, theirs]) => [ours, ...theirs]),
  ...Object.keys(refused),
];

/**
 * Returns the variables of a host that say how it is reached. Bare words (`host`, `port`, `user`, `root` …) are among them
 * where an inventory itself says them; in every other layer they are variables like others, and `ansible_*` alone counts.
 *
 * @param variables all that the host has in a play, the strongest of each name
 */
export function settingVariables({ tables }: Pick<InventoryHost, 'tables'>, variables: VariableTable): VariableTable {
  const found = new Map<string, Variable>();
  for (const name of connectionVariables) {
    const variable = isBareWord(name)
      ? tables.findLast((table) => table.get(name)?.isOfInventory)?.get(name)
      : variables.get(name);
    if (variable !== undefined) found.set(name, variable);
  }
  return found;
}

function isBareWord(name: string): boolean {
  return Object.hasOwn(spellings, name);
}

/** Options of the command line for all hosts. */
export interface ConnectionOverrides {
  readonly root?: string;
  readonly acceptNew?: boolean;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomePassword?: string;
  /** User to log in as where the inventory doesn't say (`-u`). */
  readonly user?: string;
  /** Key to use where the inventory doesn't say (`--private-key`). */
  readonly identityFile?: string;
}

/** Settings of a host, with what its variables say of `become`: they are stronger than what plays and tasks say. */
export interface HostSettings extends ConnectionSettings {
  readonly becomeVariables: BecomeSource;
}

/** Returns the settings of a host that say who its tasks run as. */
export function becomeSettings(become: Become): Pick<ConnectionSettings, 'become' | 'becomeUser'> {
  return { become: become !== false, becomeUser: become === false ? 'root' : become.user };
}

/**
 * Returns how a host is reached, from its variables in either spelling. A host or user that ssh or a shell must not see
 * is an error.
 *
 * @param rendered values of the connection variables, templates resolved
 * @param source the same variables with their places; paths are relative to the file that each was written in
 */
export function connectionSettings(
  host: Pick<InventoryHost, 'name' | 'place'>,
  rendered: Readonly<Record<string, unknown>>,
  source: VariableTable,
  overrides: ConnectionOverrides,
  diagnostics: Diagnostics,
): HostSettings {
  const reader = new SettingReader(rendered, source, diagnostics);
  reader.refuse();
  const defaultKeys = overrides.identityFile === undefined ? [] : [resolve(overrides.identityFile)];
  const connection = reader.connection();
  return {
    connection,
    address: addressOf(host, reader, connection),
    port: reader.port(),
    user:
      reader.text('user', connection === 'local' ? noProblem : userProblem) ?? optionOf('-u', overrides.user, reader),
    identityFiles: reader.paths('identity_file') ?? defaultKeys,
    knownHostsFiles: reader.paths('known_hosts_file'),
    password: reader.secret('password'),
    ...becomeParts(reader, overrides),
    becomePassword: reader.secret('become_password') ?? overrides.becomePassword,
    root: overrides.root ?? reader.path('root') ?? '',
    acceptNew: overrides.acceptNew ?? reader.flag('accept_new') ?? false,
    connectTimeout: reader.seconds('connect_timeout') ?? 10,
    connectRetries: reader.wholeNumber('connect_retries') ?? 1,
  };
}

function becomeParts(
  reader: SettingReader,
  overrides: ConnectionOverrides,
): Pick<HostSettings, 'become' | 'becomeUser' | 'becomeVariables'> {
  const becomeVariables = readBecome(reader);
  optionOf('--become-user', overrides.becomeUser, reader);
  return { ...becomeSettings(decideBecome(becomeVariables, overrides)), becomeVariables };
}

const noProblem = () => undefined;

/** Returns the address that ssh connects to: without ssh it is a name in messages, which may be any. */
function addressOf(
  { name, place }: Pick<InventoryHost, 'name' | 'place'>,
  reader: SettingReader,
  connection: ConnectionSettings['connection'],
): string {
  const problemOf = connection === 'local' ? noProblem : addressProblem;
  const address = reader.text('host', problemOf);
  if (address !== undefined) return address;
  const hint = 'correct it, or give the host an ansible_host';
  reader.checkName('the name of a host:', name, problemOf(name), { place, hint });
  return name;
}

/** Returns the name of a user that the command line gives. */
function optionOf(option: string, user: string | undefined, reader: SettingReader): string | undefined {
  if (user !== undefined) reader.checkName(`${option}:`, user, userProblem(user), { place: undefined });
  return user;
}
