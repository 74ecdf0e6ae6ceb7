import { type Digest, isDigest } from '../../registry/digest.js';
import { isRegistryHost, isRepository, isTag } from '../../registry/names.js';
import { RegistryError } from '../../registry/registry-error.js';

/** What a command is about: a registry, a repository of it, or one image. */
export interface Target {
  /** `host[:port]` */
  readonly host: string;
  /** Said by `http://` or `https://` before it. */
  readonly scheme: 'http' | 'https' | undefined;
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** How much of a target a command needs. */
export type TargetPart = 'registry' | 'repository' | 'image';

/**
 * Reads `[http[s]://]host[:port][/repository[:tag][@digest]]`. The registry is always written, so `registry/web` is the
 * repository `web` of `registry`.
 * @throws RegistryError `input` saying which part is wrong, or missing
 */
export function parseTarget(text: string, needs: TargetPart): Target {
  const wrong = (why: string) => new RegistryError('input', `${JSON.stringify(text)}: ${why}`);
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw wrong(`${scheme}:// is not http:// or https://`);
  const slash = rest.indexOf('/');
  const host = slash === -1 ? rest : rest.slice(0, slash);
  if (host.includes('@')) {
    // What stands before it may be a password.
    const behind = host.slice(host.lastIndexOf('@') + 1);
    throw new RegistryError('input', `accounts are not written before ${behind}; use \`provision registry login\``);
  }
  if (!isRegistryHost(host)) throw wrong(`${JSON.stringify(host)} is not host or host:port of a registry`);
  const canonical = /^(?:index|registry-1)\.docker\.io$/.test(host) ? 'docker.io' : host;
  const image = imageOf(slash === -1 ? '' : rest.slice(slash + 1).replace(/(?<!\/)\/+$/, ''), wrong);
  if (needs !== 'registry' && image.repository === undefined)
    throw wrong('a repository is needed: REGISTRY/REPOSITORY');
  if (needs !== 'image' && (image.tag !== undefined || image.digest !== undefined))
    throw wrong('a tag or digest means nothing here');
  const { repository } = image;
  const isHubs = canonical === 'docker.io' && needs !== 'registry';
  return {
    host: canonical,
    scheme,
    ...image,
    repository: isHubs && repository?.includes('/') === false ? `library/${repository}` : repository,
  };
}

function imageOf(path: string, wrong: (why: string) => RegistryError): Omit<Target, 'host' | 'scheme'> {
  const [named = '', digest, ...more] = path.split('@');
  if (more.length > 0) throw wrong('it has two "@"');
  if (digest !== undefined && !isDigest(digest))
    throw wrong(`${JSON.stringify(digest)} is not a digest (sha256: and 64 hexadecimal digits)`);
  const colon = named.lastIndexOf(':');
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !isTag(tag))
    throw wrong(`${JSON.stringify(tag)} is not a tag (letters, digits, "_", ".", "-", at most 128)`);
  const repository = colon === -1 ? named : named.slice(0, colon);
  if (path !== '' && !isRepository(repository))
    throw wrong(`${JSON.stringify(repository)} is not the path of a repository (small letters)`);
  return { repository: path === '' ? undefined : repository, tag, digest };
}
