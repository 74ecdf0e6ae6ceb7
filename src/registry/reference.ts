import { type Digest, isDigest } from './digest.js';
import { isRegistryHost, isRepository, isTag } from './names.js';
import { RegistryError } from './registry-error.js';

/** An image by name: where, which repository, and which tag or digest, or both (then the digest counts and the tag names it). */
export interface Reference {
  /** `host` or `host:port`; `docker.io` where none was written. */
  readonly registry: string;
  /** Path of the repository: `library/busybox`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** Reason why a text is no reference: `it has two "@"`. */
export interface UnreadReference {
  readonly reason: string;
}

/** Reads a reference as {@link readReference} does. @throws RegistryError `input` with the part that is wrong */
export function parseReference(text: string, registry?: string): Reference {
  const read = readReference(text, registry);
  if (!('reason' in read)) return read;
  throw new RegistryError('input', `${JSON.stringify(text)} is not an image: ${read.reason}`);
}

/**
 * Reads `[registry/]repository[:tag][@digest]` as docker does. The first part is a registry when it has a dot or a colon,
 * has capitals, or is `localhost`. Otherwise the image is Docker Hub's, and one without a namespace is in `library/`.
 * @param registry registry of a text that names none, instead of Docker Hub
 */
export function readReference(text: string, registry?: string): Reference | UnreadReference {
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(text)) return { reason: 'write it without http:// or docker://' };
  const [named = ''] = text.split('@', 1);
  const slash = named.indexOf('/');
  const head = slash === -1 ? '' : named.slice(0, slash);
  const hasHost = head !== '' && (/[.:]/.test(head) || head === 'localhost' || head !== head.toLowerCase());
  const image = readImagePath(hasHost ? text.slice(slash + 1) : text);
  if ('reason' in image) return image;
  if (hasHost && !isRegistryHost(head)) return { reason: `${JSON.stringify(head)} is not host or host:port` };
  const host = canonicalHost(hasHost ? head : (registry ?? 'docker.io'));
  return { registry: host, ...image, repository: repositoryAt(host, image.repository) };
}

/** Returns the path that a repository has at a registry: at Docker Hub, one without a namespace is in `library/`. */
export function repositoryAt(registry: string, path: string): string {
  return canonicalHost(registry) === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
}

/** Reads `repository[:tag][@digest]`, the part of a reference behind the registry. */
export function readImagePath(text: string): Omit<Reference, 'registry'> | UnreadReference {
  const wrong = (reason: string) => ({ reason });
  const [named = '', pinned, ...more] = text.split('@');
  if (more.length > 0) return wrong('it has two "@"');
  if (pinned !== undefined && !isDigest(pinned))
    return wrong(`${JSON.stringify(pinned)} is not a digest (sha256: and 64 hexadecimal digits)`);
  const colon = named.lastIndexOf(':');
  const tag = colon === -1 ? undefined : named.slice(colon + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  if (tag !== undefined && !isTag(tag))
    return wrong(`${JSON.stringify(tag)} is not a tag (letters, digits, "_", ".", "-", at most 128)`);
  if (!isRepository(path)) {
    return wrong(
      path !== path.toLowerCase() && isRepository(path.toLowerCase())
        ? `repositories are written in small letters: ${path.toLowerCase()}`
        : `${JSON.stringify(path)} is not the path of a repository`,
    );
  }
  return { repository: path, tag, digest: pinned };
}

const namesOfHub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** Returns the name of a registry as names of images have it: of Docker Hub's several names the usual one. */
export function canonicalHost(host: string): string {
  return namesOfHub.includes(host.toLowerCase()) ? 'docker.io' : host;
}

/** Writes `registry/repository:tag@digest`. */
export function referenceText({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
