import { apiQuery } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';

/** Returns the path of the accounts that may do something with a repository. */
export function collaboratorsPath(registry: string, repository: string, after: string | null): string {
  return repositoryApi(registry, repository, `/collaborators${apiQuery({ limit: 100, after })}`);
}
