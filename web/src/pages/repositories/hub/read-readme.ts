import { type Api, ApiError } from '../../../kernel/api/api.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import type { Readme, TaggedReadme } from './hub-types.js';

/** Reads the README of a repository; undefined: it has none. @throws ApiError */
export async function readReadme(api: Api, registry: string, repository: string): Promise<TaggedReadme | undefined> {
  try {
    const { value, etag } = await api.sendForTag<Readme>('GET', repositoryApi(registry, repository, '/readme'));
    return { ...value, etag };
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return undefined;
    throw error;
  }
}
