import { memoizeAsync } from '../memoize-async.js';
import type { ImageSource } from '../source.js';

/**
 * Makes a source that lists the tags of a repository once. After that its first page is the whole listing, so that what is attached
 * to many images is found in it, without requests for names.
 */
export function listedSource(source: ImageSource): ImageSource {
  const listings = new Map<string, Promise<string[]>>();
  const tags = (repository: string) => memoizeAsync(listings, repository, () => source.tags(repository));
  return {
    ...source,
    name: source.name,
    tags,
    async tagsPage(repository) {
      const isListed = listings.has(repository) || source.tagsPage === undefined;
      return isListed ? { tags: await tags(repository), complete: true } : await source.tagsPage?.(repository);
    },
  };
}

/** Makes a function that gives {@link listedSource} of each source, one for each. */
export function listedSources(
  sourceOf: (name: string | undefined) => ImageSource,
): (name: string | undefined) => ImageSource {
  const listed = new Map<ImageSource, ImageSource>();
  return (name) => {
    const source = sourceOf(name);
    const known = listed.get(source) ?? listedSource(source);
    listed.set(source, known);
    return known;
  };
}
