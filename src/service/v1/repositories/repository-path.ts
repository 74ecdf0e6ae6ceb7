import { isRepository } from '../../../registry/names.js';

/** Meaning of a path behind `/v1/repositories/`. */
export type V1RepositoryPath =
  | { readonly kind: 'repository' | 'tags' | 'images' | 'properties' | 'auth' | 'details'; readonly name: string }
  | { readonly kind: 'tag' | 'tag-details'; readonly name: string; readonly tag: string };

type Method = 'GET' | 'PUT' | 'DELETE';

/** Words at the end of a path that mean a part of the repository before them. Others belong to its name. */
const words: Readonly<Record<Method, Readonly<Record<string, V1RepositoryPath['kind']>>>> = {
  GET: { tags: 'tags', images: 'images', properties: 'properties', json: 'details' },
  PUT: { images: 'images', properties: 'properties', auth: 'auth' },
  // Nothing is done for DELETE …/images by the older server: here it is a repository of that name.
  DELETE: { tags: 'tags' },
};

/**
 * Finds out what a path is about. A name may have parts named as the protocol's own words, so it is read from its end.
 * @returns undefined where no repository can be meant
 */
export function readRepositoryPath(method: Method, path: string): V1RepositoryPath | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const last = parts.at(-1) ?? '';
  const named = (count: number) => parts.slice(0, parts.length - count).join('/');
  const ofTag = method === 'GET' && last === 'json' && parts.at(-3) === 'tags' && parts.length > 3;
  if (ofTag) return checked({ kind: 'tag-details', name: named(3), tag: parts.at(-2) ?? '' });
  if (parts.at(-2) === 'tags' && parts.length > 2) return checked({ kind: 'tag', name: named(2), tag: last });
  const kind = Object.hasOwn(words[method], last) && parts.length > 1 ? words[method][last] : undefined;
  if (kind === undefined || kind === 'tag' || kind === 'tag-details') {
    return checked({ kind: 'repository', name: named(0) });
  }
  return checked({ kind, name: named(1) });
}

/** Returns the names that a repository may have: what had no namespace was in `library`. */
export function v1NamesOf(name: string): string[] {
  if (!name.includes('/')) return [name, `library/${name}`];
  const [namespace, bare = '', ...more] = name.split('/');
  return namespace === 'library' && more.length === 0 ? [name, bare] : [name];
}

function checked(path: V1RepositoryPath): V1RepositoryPath | undefined {
  return isRepository(path.name) ? path : undefined;
}
