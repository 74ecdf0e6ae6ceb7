import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { inCache } from '../machine/cache.js';

/** The private key that every user of every host lets in. */
export const clientKey = inCache('keys', 'id_ed25519');

/** The directory of what a host has of its own in /etc/ssh: its host key, and whom it lets in. */
export function identityOf(host: string): string {
  return inCache('keys', host);
}

/** Makes the client's key and each host's key, once: hosts keep theirs over resets and rebuilds. */
export async function keysUp(hosts: string[]): Promise<void> {
  await makeKey(clientKey, 'provision-lab');
  for (const host of hosts) {
    await makeKey(`${identityOf(host)}/ssh_host_ed25519_key`, `root@${host}`);
    await copyFile(`${clientKey}.pub`, `${identityOf(host)}/authorized_keys`);
  }
}

/** A host's public key, as a line of known_hosts has it: type and base64. */
export async function hostPublicKey(host: string): Promise<string> {
  const text = await readFile(`${identityOf(host)}/ssh_host_ed25519_key.pub`, 'utf8');
  return text.split(' ').slice(0, 2).join(' ');
}

async function makeKey(path: string, comment: string): Promise<void> {
  if (existsSync(path) && existsSync(`${path}.pub`)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path], { input: 'y\n' });
}
