import { chmod, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
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
  await replaceFile(knownHosts, (await Promise.all(places.map(knownHostLines))).join(''));
  await replaceFile(sshConfig, sshConfigText());
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
  await replaceFile(stateFile, `${JSON.stringify(state, null, 2)}\n`);
  await chmod(clientKey, 0o600);
  await linkIntoRepository([clientKey, `${clientKey}.pub`, knownHosts, sshConfig, stateFile, registry2]);
}

/** Gives the archive of `registry:2` its steady name. */
export async function linkRegistry(tar: string): Promise<void> {
  await replaceLink(registry2, tar);
}

async function linkIntoRepository(paths: string[]): Promise<void> {
  await mkdir(stateDirectory, { recursive: true });
  for (const path of paths) {
    await replaceLink(join(stateDirectory, path.slice(path.lastIndexOf('/') + 1)), path);
  }
}

/** Gives a file its text in one step, or leaves it alone where it has it: suites beside this one are reading it. */
async function replaceFile(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** The same for a link. */
async function replaceLink(path: string, target: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await rm(`${path}.new`, { force: true });
  await symlink(target, `${path}.new`);
  await rename(`${path}.new`, path);
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
