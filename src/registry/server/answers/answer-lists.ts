import { repositories } from '../storage/catalog.js';
import { listTags } from '../storage/tags.js';
import type { Store } from '../store.js';
import { type Answer, refusal } from './answer.js';
import { badPage, pageAnswer, pageOf } from './page.js';

/** Repositories a page of the catalogue has at most, and where the request names no number. */
const largestCatalog = 1000;

/** Lists the repositories; not in the specification, but in every registry. */
export async function getCatalog({ layout }: Store, query: URLSearchParams): Promise<Answer> {
  const page = pageOf(query, largestCatalog, largestCatalog);
  if (page === undefined) return badPage();
  const names = page.size === 0 ? [] : await repositories(layout, page.last, page.size + 1);
  return pageAnswer('/v2/_catalog', page, names, (repositories) => ({ repositories }));
}

/** Lists the tags of a repository, all of them unless the request wants a page (distribution-spec end-8). */
export async function getTags({ layout }: Store, name: string, query: URLSearchParams): Promise<Answer> {
  const page = pageOf(query, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER);
  if (page === undefined) return badPage();
  const tags = await listTags(layout, name);
  if (tags === undefined) return refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  const behind = page.last === '' ? tags : tags.filter((tag) => tag > page.last);
  return pageAnswer(`/v2/${name}/tags/list`, page, behind, (tags) => ({ name, tags }));
}
