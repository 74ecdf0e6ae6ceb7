import { isRegistryHost, isRepository } from './names.js';
import { RegistryError } from './registry-error.js';

/** A registry as it is written on a command line: `http://registry:5000/mirror`. */
export interface RegistryAddress {
  /** `host[:port]` */
  readonly host: string;
  /** Said by `http://` or `https://` before it. */
  readonly scheme: 'http' | 'https' | undefined;
  /** What stands before all repositories there: `mirror`; else empty. */
  readonly prefix: string;
}

/** Reads `[http[s]://]host[:port][/prefix]`. @throws RegistryError `input` saying what is wrong */
export function parseAddress(text: string): RegistryAddress {
  // What stands before an @ may be a password.
  const shown = text.includes('@') ? `…${text.slice(text.lastIndexOf('@'))}` : text;
  const wrong = (why: string) => new RegistryError('input', `${JSON.stringify(shown)} is not a registry: ${why}`);
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw wrong(`${scheme}:// is not http:// or https://`);
  if (rest.includes('@')) throw wrong('accounts are not written into it; use `provision registry login`');
  const slash = rest.indexOf('/');
  const host = slash === -1 ? rest : rest.slice(0, slash);
  const prefix = slash === -1 ? '' : rest.slice(slash + 1).replace(/(?<!\/)\/+$/, '');
  if (!isRegistryHost(host))
    throw wrong('it is written host or host:port, with http:// before it where it speaks plain http');
  if (prefix !== '' && !isRepository(prefix)) throw wrong(`${JSON.stringify(prefix)} is not the path of repositories`);
  return { host: host === 'index.docker.io' ? 'docker.io' : host, scheme, prefix };
}
