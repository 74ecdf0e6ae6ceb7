import { isRegistryHost, isRepository } from './names.js';
import { canonicalHost } from './reference.js';
import { RegistryError } from './registry-error.js';

/** A registry as it is written on a command line: `http://registry:5000/mirror`. */
export interface RegistryAddress {
  /** `host[:port]` */
  readonly host: string;
  /** Scheme that is written before it. */
  readonly scheme: 'http' | 'https' | undefined;
  /** Path before all repositories there: `mirror`; empty where there is none. */
  readonly prefix: string;
}

/** Parts of an address, or the reason why the text is none. */
export type AddressParts =
  | { readonly scheme: 'http' | 'https' | undefined; readonly host: string; readonly path: string }
  | { readonly reason: string };

/** Splits `[http[s]://]host[:port][/path]`. Host and path are not checked; slashes at the end are left out. */
export function splitAddress(text: string): AddressParts {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return { reason: `${scheme}:// is not http:// or https://` };
  const slash = rest.indexOf('/');
  if (slash === -1) return { scheme, host: rest, path: '' };
  return { scheme, host: rest.slice(0, slash), path: rest.slice(slash + 1).replace(/(?<!\/)\/+$/, '') };
}

/** Reads `[http[s]://]host[:port][/prefix]`. @throws RegistryError `input` with the part that is wrong */
export function parseAddress(text: string): RegistryAddress {
  // Text before an @ may be a password.
  const quoted = text.includes('@') ? `…${text.slice(text.lastIndexOf('@'))}` : text;
  const read = readAddress(text);
  if (!('reason' in read)) return read;
  throw new RegistryError('input', `${JSON.stringify(quoted)} is not a registry: ${read.reason}`);
}

/** Reads an address as {@link parseAddress} does, and returns the reason why a text is none. */
export function readAddress(text: string): RegistryAddress | { readonly reason: string } {
  const wrong = (reason: string) => ({ reason });
  const parts = splitAddress(text);
  if ('reason' in parts) return parts;
  const { scheme } = parts;
  const host = canonicalHost(parts.host);
  // Docker writes the address of its Hub with the path of an API that is long gone.
  const path = host === 'docker.io' && /^v[12]$/.test(parts.path) ? '' : parts.path;
  if (host.includes('@') || path.includes('@'))
    return wrong('accounts are not written into it; use `provision registry login`');
  if (!isRegistryHost(host)) return wrong('write host or host:port, with http:// before it where it speaks plain http');
  if (path !== '' && !isRepository(path)) return wrong(`${JSON.stringify(path)} is not the path of repositories`);
  return { host, scheme, prefix: path };
}
