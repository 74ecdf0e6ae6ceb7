import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFile } from '../../diagnostics/read-text.js';
import { reasonOf } from '../../diagnostics/reason.js';
import { homeFolder } from '../../model/home-folder.js';
import type { RegistryTrust } from '../client/registry.js';
import { isRegistryHost } from '../names.js';
import { RegistryError } from '../registry-error.js';
import { type ClientCertificate, readClientCertificate } from './client-certificate.js';

/** Returns the folders in which docker and podman look for certificates, the user's own first. */
export function trustFolders(home: string = homeFolder()): string[] {
  return [
    join(home, '.config/containers/certs.d'),
    join(home, '.docker/certs.d'),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
}

/**
 * Reads the certificates for a registry in `FOLDER/host[:port]/`: all `*.crt` are authorities, the first `X.cert` with
 * `X.key` is a client's certificate.
 * @param notice receives a warning of a key that others may read
 * @throws RegistryError `input` for a certificate without its key, a key without its certificate, and files that hold
 * none
 */
export function trustFromFolders(
  registry: string,
  folders: readonly string[] = trustFolders(),
  notice?: (line: string) => void,
): Partial<RegistryTrust> {
  if (!isRegistryHost(registry)) return {}; // Else the name would lead out of the folders.
  const authorities: string[] = [];
  let client: ClientCertificate | undefined;
  for (const folder of folders) {
    const own = join(folder, registry);
    const names = namesIn(own);
    authorities.push(...authoritiesIn(own, names));
    checkPairs(own, names);
    client ??= clientIn(own, names, notice);
  }
  return { ...(authorities.length === 0 ? {} : { ca: authorities.join('\n') }), ...client };
}

/** Reads the certificates of one folder, by the sorted names of its files. @throws RegistryError `input` */
export function trustFromFolder(folder: string, names: readonly string[]): Partial<RegistryTrust> {
  const authorities = authoritiesIn(folder, names);
  checkPairs(folder, names);
  return { ...(authorities.length === 0 ? {} : { ca: authorities.join('\n') }), ...clientIn(folder, names) };
}

function authoritiesIn(folder: string, names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith('.crt')).map((name) => read(join(folder, name)));
}

function checkPairs(folder: string, names: readonly string[]): void {
  for (const [has, lacks] of [
    ['.cert', '.key'],
    ['.key', '.cert'],
  ] as const) {
    const alone = names.find((name) => name.endsWith(has) && !names.includes(stem(name, has) + lacks));
    if (alone !== undefined) {
      throw new RegistryError('input', `${join(folder, alone)} has no ${stem(alone, has)}${lacks} beside it`, {
        hint: 'authorities to trust are named *.crt; a client certificate is X.cert with X.key',
      });
    }
  }
}

function clientIn(folder: string, names: readonly string[], notice?: (line: string) => void) {
  const cert = names.find((name) => name.endsWith('.cert'));
  if (cert === undefined) return undefined;
  return readClientCertificate(join(folder, cert), join(folder, `${stem(cert, '.cert')}.key`), notice);
}

function stem(name: string, ending: string): string {
  return name.slice(0, -ending.length);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The system's may be the daemon's alone: then they are not for this user.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw new RegistryError('input', `cannot read ${folder}: ${reasonOf(error)}`);
  }
}

function read(path: string): string {
  try {
    return readTextFile(path, { besides: 'none' });
  } catch (error) {
    throw new RegistryError('input', `cannot read ${path}: ${reasonOf(error)}`);
  }
}
