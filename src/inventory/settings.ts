import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Diagnostics, Place } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';
import { describe } from '../diagnostics/value-words.js';
import type { ConnectionSettings } from '../model/play.js';
import type { VariableTable } from '../vars/variables.js';

/** Our name of each variable that says how a host is reached, and the names that Ansible has for it. */
const spellings = {
  host: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  connection: ['ansible_connection'],
  identity_file: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  known_hosts_file: [],
  accept_new: [],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  become: ['ansible_become'],
  become_user: ['ansible_become_user'],
  become_password: ['ansible_become_password', 'ansible_become_pass'],
  root: [],
  connect_timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
} as const satisfies Record<string, readonly string[]>;

type SettingName = keyof typeof spellings;

/** Options that ssh_config says better: refused with where to write them. */
const refused: Readonly<Record<string, string>> = {
  ansible_ssh_common_args: 'write the options into ~/.ssh/config, which is read (ProxyJump, for example)',
  ansible_ssh_extra_args: 'write the options into ~/.ssh/config, which is read',
  ansible_become_method: 'sudo is what is used; take it out, or write sudo',
};

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
  const address = reader.text('host');
  const connection = reader.connection(name);
  const identity =
    reader.paths('identity_file') ??
    (overrides.identityFile === undefined ? [] : [pathFrom(overrides.identityFile, process.cwd())]);
  return {
    connection,
    address: address ?? name,
    port: reader.port(),
    user: reader.text('user') ?? overrides.user,
    identityFiles: identity,
    knownHostsFiles: reader.paths('known_hosts_file'),
    password: reader.text('password'),
    become: overrides.become ?? reader.flag('become') ?? false,
    becomeUser: overrides.becomeUser ?? reader.text('become_user') ?? 'root',
    becomePassword: reader.text('become_password') ?? overrides.becomePassword,
    root: overrides.root ?? reader.paths('root')?.[0] ?? '',
    acceptNew: overrides.acceptNew ?? reader.flag('accept_new') ?? false,
    connectTimeout: reader.seconds('connect_timeout') ?? 10,
  };
}

class SettingReader {
  constructor(
    private readonly rendered: Readonly<Record<string, unknown>>,
    private readonly source: VariableTable,
    private readonly diagnostics: Diagnostics,
  ) {}

  refuse(): void {
    for (const [name, hint] of Object.entries(refused)) {
      const value = this.rendered[name];
      if (value === undefined || value === '' || value === 'sudo') continue;
      this.diagnostics.add({
        code: 'unsupported',
        message: `${name} is not supported`,
        place: this.placeOf(name),
        hint,
      });
    }
  }

  text(setting: SettingName): string | undefined {
    const found = this.find(setting);
    if (found === undefined) return undefined;
    if (typeof found.value === 'string' && found.value !== '') return found.value;
    if (typeof found.value === 'number') return String(found.value);
    return this.wrong(found, 'text');
  }

  flag(setting: SettingName): boolean | undefined {
    const found = this.find(setting);
    if (found === undefined) return undefined;
    if (typeof found.value === 'boolean') return found.value;
    const word = typeof found.value === 'string' ? found.value.toLowerCase() : '';
    if (['yes', 'true', 'on'].includes(word)) return true;
    if (['no', 'false', 'off'].includes(word)) return false;
    return this.wrong(found, 'true or false');
  }

  port(): number | undefined {
    const found = this.find('port');
    if (found === undefined) return undefined;
    const port = typeof found.value === 'string' && /^\d+$/.test(found.value) ? Number(found.value) : found.value;
    if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    return this.wrong(found, 'a port from 1 to 65535');
  }

  seconds(setting: SettingName): number | undefined {
    const found = this.find(setting);
    if (found === undefined) return undefined;
    const value = Number(found.value);
    return Number.isFinite(value) && value > 0 ? value : this.wrong(found, 'a number of seconds above 0');
  }

  paths(setting: SettingName): string[] | undefined {
    const found = this.find(setting);
    if (found === undefined) return undefined;
    const list = Array.isArray(found.value) ? found.value : [found.value];
    const folder = dirname(resolve(found.place?.file ?? '.'));
    const paths = list.flatMap((path) =>
      typeof path === 'string' && path !== ''
        ? [pathFrom(path, found.place === undefined ? process.cwd() : folder)]
        : [],
    );
    return paths.length === list.length ? paths : this.wrong(found, 'a path or a list of paths');
  }

  connection(host: string): 'ssh' | 'local' {
    const found = this.find('connection');
    const value = found?.value ?? 'ssh';
    if (value === 'local') return 'local';
    if (value === 'ssh' || value === 'smart' || value === 'paramiko' || value === 'ansible.builtin.ssh') return 'ssh';
    if (found !== undefined) {
      const near = typeof value === 'string' ? nearest(value, ['ssh', 'local']) : undefined;
      this.diagnostics.add({
        code: 'wrong-value',
        message: `${host}: ${found.name}: expected ssh or local, found ${describe(value)}`,
        place: found.place,
        hint: near === undefined ? undefined : `did you mean "${near}"?`,
      });
    }
    return 'ssh';
  }

  /** The value of a setting; both spellings may be given, if they agree. */
  private find(setting: SettingName): Found | undefined {
    const given = [setting, ...spellings[setting]].flatMap((name): Found[] => {
      const value = this.rendered[name];
      return value === undefined || value === null ? [] : [{ name, value, place: this.placeOf(name) }];
    });
    const [first, ...others] = given;
    const other = others.find((each) => JSON.stringify(each.value) !== JSON.stringify(first?.value));
    if (first !== undefined && other !== undefined) {
      const elsewhere = other.place === undefined ? '' : ` at ${other.place.file}:${other.place.line}`;
      this.diagnostics.add({
        code: 'contradiction',
        message: `${first.name} and ${other.name} mean the same and differ: ${describe(first.value)} and ${describe(other.value)}${elsewhere}`,
        place: first.place,
        hint: 'keep one of the two',
      });
    }
    return first;
  }

  private wrong(found: Found, expected: string): undefined {
    const secret = found.name.includes('pass') ? 'something else' : describe(found.value);
    this.diagnostics.add({
      code: 'wrong-type',
      message: `${found.name}: expected ${expected}, found ${secret}`,
      place: found.place,
    });
    return undefined;
  }

  private placeOf(name: string): Place | undefined {
    return this.source.get(name)?.place;
  }
}

interface Found {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place | undefined;
}

function pathFrom(path: string, folder: string): string {
  return path === '~' || path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(folder, path);
}
