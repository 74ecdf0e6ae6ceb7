import { Diagnostics } from '../diagnostics/diagnostic.js';
import { connectionSettings } from '../inventory/settings/settings.js';
import type { ConnectionSettings } from '../model/play.js';
import type { Variable } from '../vars/variables.js';
import type { FakeHost } from './fake-host.js';

/** Real host, in the words of an inventory. */
export interface HostAddress {
  /** Its name in reports, and its address unless `host` says otherwise. */
  readonly name: string;
  readonly connection?: 'ssh' | 'local';
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** A private key's file. */
  readonly identity_file?: string;
  readonly known_hosts_file?: string;
  readonly become?: boolean;
  readonly become_user?: string;
  readonly become_password?: string;
  /** A folder to stage into. */
  readonly root?: string;
  readonly accept_new?: boolean;
}

/** Host that a role is run on alone. */
export interface RoleTarget {
  readonly name: string;
  readonly settings: ConnectionSettings;
  readonly fake?: FakeHost;
}

/**
 * Returns how a host is reached; a fake one is a folder of this machine.
 * @throws InputError for settings that are wrong
 */
export function targetOf(host: FakeHost | HostAddress): RoleTarget {
  if ('memory' in host) {
    const { name, root } = host;
    return { name, settings: settingsOf({ name, connection: 'local', root }), fake: host };
  }
  return { name: host.name, settings: settingsOf(host) };
}

function settingsOf({ name, ...given }: HostAddress): ConnectionSettings {
  const variables = new Map(
    Object.entries(given).map(([key, value]): [string, Variable] => [key, { value, layer: 'host', from: name }]),
  );
  const diagnostics = new Diagnostics();
  const settings = connectionSettings({ name }, given, variables, {}, diagnostics);
  diagnostics.throwIfAny();
  return settings;
}
