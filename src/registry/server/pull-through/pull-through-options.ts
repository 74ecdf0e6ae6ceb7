import { canonicalHost } from '../../reference.js';

/** Registry that a pull-through cache asks for what it hasn't, and how long it keeps what came from there. */
export interface PullThroughOptions {
  /** `https://registry-1.docker.io`, `http://127.0.0.1:5000`; no path. */
  readonly url: string;
  /** Account there. Default: none, whatever the files of the user who runs the server say. */
  readonly username?: string | undefined;
  /** File with the password; it is read again for each request. */
  readonly passwordFile?: string | undefined;
  /** File of accounts as docker and podman write it, in place of the two above. */
  readonly authFile?: string | undefined;
  /** File with the authorities that sign its certificate, PEM. Default: the system's. */
  readonly ca?: string | undefined;
  /** Seconds after the last pull in which content stays; 0: for ever. Default: a week. */
  readonly ttl?: number | undefined;
  /** Seconds in which a tag is not looked up again. Default: a minute. */
  readonly tagTtl?: number | undefined;
  /** Registries (`?ns=`, as containerd sends it) whose images are served. Default: the one of the URL. */
  readonly namespaces?: readonly string[] | undefined;
}

/** Seconds after the last pull in which content stays, where nothing is said: a week, as in docker-registry. */
export const usualTtl = 7 * 24 * 3600;

/** Seconds in which a tag isn't looked up again, where nothing is said. */
export const usualTagTtl = 60;

/** Address of an upstream registry. */
export interface UpstreamAddress {
  readonly scheme: 'http' | 'https';
  /** `host[:port]`; `docker.io` for each name of Docker Hub. */
  readonly host: string;
}

/** Reads the URL of an upstream registry; a text says what is wrong with it. */
export function upstreamAddress(text: string): UpstreamAddress | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'must be http://HOST[:PORT] or https://HOST[:PORT]';
  if (url.username !== '' || url.password !== '') {
    return 'must not hold an account: give proxy_username and proxy_password_file';
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    return 'must have no path: repositories keep the names that they have upstream';
  }
  return { scheme: url.protocol === 'https:' ? 'https' : 'http', host: canonicalHost(url.host) };
}
