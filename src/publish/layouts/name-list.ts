import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ObjectStore, StoredObject } from '../stores/object-store.js';

/** Bytes of a list of tags or repositories at most. */
const longestList = 32 << 20;

/** List of names in a store, as it is. */
export interface StoredNames {
  readonly names: readonly string[];
  /** Its object; undefined: there is no list. */
  readonly object: StoredObject | undefined;
}

/**
 * Reads a list of names in a store: `tags` of `tags/list`, `repositories` of `_catalog`.
 * @throws RegistryError `corrupt` where it is something else: writing over it would lose names
 */
export async function readNames(store: ObjectStore, key: string, field: 'tags' | 'repositories'): Promise<StoredNames> {
  const bytes = await store.read(key, longestList);
  if (bytes === undefined) return { names: [], object: undefined };
  const shape = z.object({ [field]: z.array(z.string()).nullable() });
  const parsed = shape.safeParse(tryBoundedJson(bytes.toString('utf8')));
  if (!parsed.success)
    throw new RegistryError('corrupt', `${store.name}/${key} is no list of ${field}`, {
      hint: 'delete it, or publish elsewhere',
    });
  const md5 = createHash('md5').update(bytes).digest('hex');
  const object = { key, size: bytes.length, contentType: undefined, sha256: undefined, md5 };
  return { names: parsed.data[field] ?? [], object };
}

/** Returns all names of two lists, sorted. */
export function joinNames(a: readonly string[], b: Iterable<string>): string[] {
  return [...new Set([...a, ...b])].sort();
}
