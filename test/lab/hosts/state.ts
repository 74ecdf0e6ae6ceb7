import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, inCache, stateDirectory } from '../machine/cache.js';
import { clientKey, hostPublicKey } from './keys.js';
import { containers, network, nfs1, type Place, registryPort, sshPort } from './places.js';
import { sshConfig } from './ssh.js';

export const knownHosts = inCache('known_hosts');
export const stateFile = inCache('state.json');
/** A `docker save` archive of `registry:2`, under a name that does not change. */
export const registry2 = inCache('registry2.tar');

/** Who may log in, all with the lab's key. */
export const users = {
  root: { sudo: 'is root' },
  operator: { sudo: 'without a password' },
  clerk: { sudo: 'with a password', password: 'lab-password' },
  guest: { sudo: 'none' },
} as const;

/** Every host there can be. */
export const places: Place[] = [...containers, nfs1];

/** Writes known_hosts, ssh_config and the state file into the cache, and links to them into the repository. */
export async function writeState(): Promise<void> {
  await writeFile(knownHosts, (await Promise.all(places.map(knownHostLines))).join(''));
  await writeFile(sshConfig, sshConfigText());
  const state = {
    cacheDirectory,
    clientKey,
    knownHosts,
    sshConfig,
    sshPort,
    registryPort,
    network,
    registry2,
    users,
    hosts: places,
  };
  await writeFile(stateFile, `${JSON.stringify(state, null, 2)}\n`);
  await chmod(clientKey, 0o600);
  await linkIntoRepository([clientKey, `${clientKey}.pub`, knownHosts, sshConfig, stateFile, registry2]);
}

/** Gives the archive of `registry:2` its steady name. */
export async function linkRegistry(tar: string): Promise<void> {
  await rm(registry2, { force: true });
  await symlink(tar, registry2);
}

async function linkIntoRepository(paths: string[]): Promise<void> {
  await mkdir(stateDirectory, { recursive: true });
  for (const path of paths) {
    const link = join(stateDirectory, path.slice(path.lastIndexOf('/') + 1));
    await rm(link, { force: true });
    await symlink(path, link);
  }
}

async function knownHostLines(place: Place): Promise<string> {
  const key = await hostPublicKey(place.name);
  const names = [`[${place.address}]:${sshPort}`];
  if (place === nfs1) names.push(`[${place.inside}]:${sshPort}`);
  else names.push(place.inside, place.name);
  return `${names.join(',')} ${key}\n`;
}

function sshConfigText(): string {
  const hosts = places.map(({ name, address }) => `Host ${name}\n  HostName ${address}\n`);
  const common = [
    'Host *',
    `  Port ${sshPort}`,
    '  User root',
    `  IdentityFile "${clientKey}"`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile "${knownHosts}"`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  BatchMode yes',
    '  ConnectTimeout 10',
    '  LogLevel ERROR',
  ];
  return `${hosts.join('')}${common.join('\n')}\n`;
}
