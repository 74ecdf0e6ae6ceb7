import { splitAddress } from '../address.js';
import type { Digest } from '../digest.js';
import { isRegistryHost } from '../names.js';
import { canonicalHost, readImagePath, repositoryAt } from '../reference.js';
import { RegistryError } from '../registry-error.js';

/** Argument of a command: a registry, a repository of it, or one image. */
export interface Target {
  /** `host[:port]` */
  readonly host: string;
  /** Scheme that is written before it. */
  readonly scheme: 'http' | 'https' | undefined;
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Part of a target that a command needs. */
export type TargetPart = 'registry' | 'repository' | 'image';

/**
 * Reads `[http[s]://]host[:port][/repository[:tag][@digest]]`. The registry is always written, so `registry/web` is the
 * repository `web` of `registry`.
 * @throws RegistryError `input` with the part that is wrong, or missing
 */
export function parseTarget(text: string, needs: TargetPart): Target {
  const wrong = (why: string) => new RegistryError('input', `${JSON.stringify(text)}: ${why}`);
  const parts = splitAddress(text);
  if ('reason' in parts) throw wrong(parts.reason);
  const { scheme, host, path } = parts;
  if (host.includes('@')) {
    // The text before it may be a password.
    const behind = host.slice(host.lastIndexOf('@') + 1);
    throw new RegistryError('input', `accounts are not written before ${behind}; use \`provision registry login\``);
  }
  if (!isRegistryHost(host)) throw wrong(`${JSON.stringify(host)} is not host or host:port of a registry`);
  const image = path === '' ? { repository: undefined, tag: undefined, digest: undefined } : readImagePath(path);
  if ('reason' in image) throw wrong(image.reason);
  if (needs !== 'registry' && image.repository === undefined)
    throw wrong('a repository is needed: REGISTRY/REPOSITORY');
  if (needs !== 'image' && (image.tag !== undefined || image.digest !== undefined))
    throw wrong('a tag or digest means nothing here');
  const canonical = canonicalHost(host);
  return {
    host: canonical,
    scheme,
    ...image,
    // Of a registry it may be the namespace of an account.
    repository:
      needs === 'registry' || image.repository === undefined
        ? image.repository
        : repositoryAt(canonical, image.repository),
  };
}
