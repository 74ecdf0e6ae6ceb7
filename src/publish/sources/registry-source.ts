import { existsSync } from 'node:fs';
import { parseTarget, type Target } from '../../registry/auth/target.js';
import type { Pattern } from '../../registry/lists/image-list.js';
import { RegistryError } from '../../registry/registry-error.js';

/** Returns true for `REGISTRY/REPOSITORY`: its first part looks like a host, and there is no such file. */
export function isRegistrySource(source: string): boolean {
  if (/^https?:\/\//.test(source)) return true;
  return /^(?:[^/]+[.:][^/]*|localhost)\/./.test(source) && !/^\.{1,2}\//.test(source) && !existsSync(source);
}

/** Reads a source that is a registry's. @param tags patterns of tags that are chosen of it @throws RegistryError `input`, also where it names a tag, and others are chosen */
export function registryTarget(source: string, tags: readonly Pattern[]): Target {
  const target = parseTarget(source, 'image');
  const { tag, digest } = target;
  if (tags.length === 0 || (tag ?? digest) === undefined) return target;
  throw new RegistryError('input', `${source} names one image, and tags are chosen besides`, {
    hint: `leave out ${tag === undefined ? `@${digest}` : `:${tag}`}, or the tags`,
  });
}
