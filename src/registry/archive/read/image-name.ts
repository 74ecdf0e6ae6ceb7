import { isTag } from '../../names.js';
import { readReference } from '../../reference.js';

/** Repository and tag of an image's name in an archive. */
export interface ArchiveName {
  readonly repository: string | undefined;
  readonly tag: string | undefined;
}

/**
 * Reads repository and tag of an image's name in an archive: `1.0`, `web:1.0`, `registry.example.com/team/web:1.0`. The
 * path is as it is written: `busybox` is no image of Docker Hub to whoever loads it into a registry.
 */
export function readArchiveName(name: string | undefined): ArchiveName {
  if (name === undefined) return { repository: undefined, tag: undefined };
  if (isTag(name)) return { repository: undefined, tag: name };
  const read = readReference(name, '');
  if ('reason' in read) return { repository: undefined, tag: undefined }; // A layout's ref names may be any text (image-spec, annotations.md).
  return { repository: read.repository, tag: read.tag };
}

/**
 * Reads a name that a container engine gave: podman writes its user's `busybox` as `docker.io/library/busybox`, docker
 * as it is.
 */
export function readEngineName(name: string | undefined): ArchiveName {
  return readArchiveName(name === undefined ? undefined : engineName(name));
}

/** Returns a name as its user wrote it: `busybox:1` for `docker.io/library/busybox:1`. */
export function engineName(name: string): string {
  return name.replace(/^docker\.io\/library\/(?=[^/]+$)/, '');
}
