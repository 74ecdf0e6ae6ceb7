import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientKey, knownHosts, placeOf, sshPort } from '../lab/lab.js';

export type HostVariables = Readonly<Record<string, unknown>>;

/** How a host of the lab is reached, as variables of our own spelling; more may be added or replaced. */
export function labHost(name: string, variables: HostVariables = {}): HostVariables {
  return {
    host: placeOf(name).address,
    port: sshPort,
    user: 'root',
    identity_file: clientKey,
    known_hosts_file: knownHosts,
    ...variables,
  };
}

/** A folder for one test: written into, and gone afterwards. */
export interface Scratch {
  readonly path: string;
  /** Writes a file into the folder and gives its path. */
  write(name: string, text: string): string;
  /** Writes an inventory of these hosts and gives its path. */
  inventory(hosts: Readonly<Record<string, HostVariables>>): string;
  remove(): void;
}

export function scratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'provision-test-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(path, name), text);
    return join(path, name);
  };
  return {
    path,
    write,
    inventory: (hosts) => write('inventory.yaml', JSON.stringify({ all: { hosts } })),
    remove: () => rmSync(path, { recursive: true }),
  };
}
