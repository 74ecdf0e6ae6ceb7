import { apiPath } from './api.js';

/** Returns the path of a repository in the API, with what stands below it. */
export function repositoryApi(registry: string, repository: string, below = ''): string {
  return apiPath`/api/v1/registries/${registry}/repositories/${repository}` + below;
}

/** Returns the path of a tag in the API. */
export function tagApi(registry: string, repository: string, tag: string, below = ''): string {
  return `${repositoryApi(registry, repository)}${apiPath`/tags/${tag}`}${below}`;
}

/** Returns the path of an image in the API, by its digest. */
export function imageApi(registry: string, repository: string, digest: string, below = ''): string {
  return `${repositoryApi(registry, repository)}${apiPath`/images/${digest}`}${below}`;
}
