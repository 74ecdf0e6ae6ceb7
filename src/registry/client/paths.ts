import { type Digest, isDigest } from '../digest.js';
import { isMediaType } from '../media-types.js';
import { isRegistryHost, isRepository, isTag } from '../names.js';
import { RegistryError } from '../registry-error.js';
import { quoteName } from './wrong-names.js';

/*
 * Paths of the protocol (distribution-spec, "Endpoints"). A name that is none is refused here whoever gave it: URL takes
 * `..` and `?` as a way to another repository.
 */

/**
 * Returns the path of a manifest by tag or digest: end-3, end-7, end-9.
 * @throws RegistryError `input` for a wrong name
 */
export function manifestPath(repository: string, reference: string): string {
  if (!isTag(reference) && !isDigest(reference)) throw wrong(reference, 'neither a tag nor a digest');
  return `${repositoryPath(repository)}/manifests/${reference}`;
}

/** Returns the path of a blob: end-2. @throws RegistryError `input` for a wrong name */
export function blobPath(repository: string, digest: Digest): string {
  return `${repositoryPath(repository)}/blobs/${requireDigest(digest)}`;
}

/** Returns the path where uploads begin: end-4, end-11. @throws RegistryError `input` for a wrong name */
export function uploadsPath(repository: string): string {
  return `${repositoryPath(repository)}/blobs/uploads/`;
}

/** Returns the path of the list of tags: end-8. @throws RegistryError `input` for a wrong name */
export function tagsPath(repository: string): string {
  return `${repositoryPath(repository)}/tags/list`;
}

/** Returns the path of the list of referrers: end-12. @throws RegistryError `input` for a wrong name */
export function referrersPath(repository: string, digest: Digest): string {
  return `${repositoryPath(repository)}/referrers/${requireDigest(digest)}`;
}

/** Returns the `host[:port]` of a registry, for a URL. @throws RegistryError `input` when it is none */
export function requireHost(host: string): string {
  if (!isRegistryHost(host)) throw wrong(host, 'not host or host:port');
  return host;
}

/** Returns the path of a repository, for scopes and queries. @throws RegistryError `input` when it is none */
export function requireRepository(repository: string): string {
  if (!isRepository(repository)) throw wrong(repository, 'not the path of a repository');
  return repository;
}

/** Returns a media type, for Content-Type. @throws RegistryError `input` when it is none */
export function requireMediaType(mediaType: string): string {
  if (!isMediaType(mediaType)) throw wrong(mediaType, 'not a media type');
  return mediaType;
}

function repositoryPath(repository: string): string {
  return `/v2/${requireRepository(repository)}`;
}

/** Types don't hold what came from outside. */
function requireDigest(digest: string): Digest {
  if (!isDigest(digest)) throw wrong(digest, 'not a digest');
  return digest;
}

function wrong(name: string, why: string): RegistryError {
  return new RegistryError('input', `${quoteName(name)} is ${why}: no request is made with it`);
}
