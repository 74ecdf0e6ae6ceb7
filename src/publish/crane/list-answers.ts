import { isRecord } from '../../model/is-record.js';
import { tryBoundedJson } from '../../registry/bounded-json.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { ServerAnswer } from '../../registry/server/answers/answer.js';
import { badPage, pageAnswer, pageOf } from '../../registry/server/answers/answer-lists.js';
import { entriesBehind } from '../../registry/server/storage/tag-lists.js';
import { mayRead, type Visit } from './visit.js';

/** Repositories a page of the catalogue has at most, and where the request names no number. */
const largestCatalog = 1000;

/** Lists the repositories that a visitor may read, by pages. */
export function catalogAnswer(visit: Visit, query: URLSearchParams): ServerAnswer {
  const page = pageOf(query, largestCatalog, largestCatalog);
  if (page === undefined) return badPage();
  const names = [...visit.tables.manifests.values()].filter((each) => mayRead(each, visit)).map(({ name }) => name);
  return pageAnswer('/v2/_catalog', page, entriesBehind(names.sort(), page.last, page.size + 1), (repositories) => ({
    repositories,
  }));
}

/**
 * Makes the answer of a list of tags: as it is stored, or the part that the request wants (distribution-spec end-8).
 * @param name of the repository, as clients have it
 * @throws RegistryError `corrupt` where a part is wanted of what is no list of tags
 */
export function tagsAnswer(
  bytes: Buffer,
  name: string,
  query: URLSearchParams,
  cache: Readonly<Record<string, string>>,
): ServerAnswer {
  if (!query.has('n') && !query.has('last'))
    return { status: 200, headers: { 'Content-Type': 'application/json', ...cache }, body: bytes };
  const page = pageOf(query, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER);
  if (page === undefined) return badPage();
  const behind = entriesBehind(tagsOf(bytes, name).toSorted(), page.last, page.size + 1); // One more tells of a next page.
  const answer = pageAnswer(`/v2/${name}/tags/list`, page, behind, (tags) => ({ name, tags }));
  return { ...answer, headers: { ...answer.headers, ...cache } };
}

function tagsOf(bytes: Buffer, name: string): readonly string[] {
  const list = tryBoundedJson(bytes.toString('utf8'));
  const tags: unknown = isRecord(list) ? (list.tags ?? []) : undefined;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw new RegistryError('corrupt', `the list of tags of ${name} is none`);
}
