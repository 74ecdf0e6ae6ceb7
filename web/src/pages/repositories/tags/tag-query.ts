import { apiQuery } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';

/** Order of tags where the address says none: the newest first. */
export const usualTagSort = '-pushed';

/** Orders that a reader may choose from. */
export const tagSorts = ['-pushed', '-version', 'version', 'name', '-name', '-size', '-pulled', 'pushed'] as const;

/** Returns the path of the tags that an address asks for. */
export function tagsPath(registry: string, repository: string, query: URLSearchParams, after: string | null): string {
  return repositoryApi(
    registry,
    repository,
    `/tags${apiQuery({
      sort: query.get('sort') ?? usualTagSort,
      q: query.get('q'),
      platform: query.get('platform'),
      attached: query.get('attached') === 'on' ? undefined : false,
      limit: 100,
      after,
    })}`,
  );
}

/** Returns true where an address asks for some of the tags alone. */
export function isFilteredTags(query: URLSearchParams): boolean {
  return query.has('q') || query.has('platform');
}
