import { apiQuery } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import type { Comment } from './hub-types.js';

/** Returns the path of a page of comments. */
export function commentsPath(registry: string, repository: string, after: string | null): string {
  return repositoryApi(registry, repository, `/comments${apiQuery({ limit: 50, after })}`);
}

/** Returns the path of a comment. */
export function commentPath(registry: string, repository: string, { id }: Pick<Comment, 'id'>): string {
  return repositoryApi(registry, repository, `/comments/${id}`);
}
