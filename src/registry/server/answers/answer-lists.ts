import type { Digest } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import type { Caller } from '../access/caller.js';
import { repositories } from '../storage/catalog.js';
import { entriesBehind } from '../storage/tag-lists.js';
import type { Store } from '../store.js';
import { json, refusal, type ServerAnswer } from './answer.js';

/** Repositories a page of the catalogue has at most, and where the request names no number. */
const largestCatalog = 1000;

/** Lists the repositories that the caller may pull from; not in the specification, but in every registry. */
export async function getCatalog(
  { layout, closed }: Store,
  query: URLSearchParams,
  caller: Caller,
): Promise<ServerAnswer> {
  const page = pageOf(query, largestCatalog, largestCatalog);
  if (page === undefined) return badPage();
  const isShown = (name: string) => caller.lists(name);
  const names = page.size === 0 ? [] : await repositories(layout, page.last, page.size + 1, closed, isShown);
  return pageAnswer('/v2/_catalog', page, names, (repositories) => ({ repositories }));
}

/** Lists the tags of a repository, all of them unless the request wants a page (distribution-spec end-8). */
export async function getTags({ tags: lists }: Store, name: string, query: URLSearchParams): Promise<ServerAnswer> {
  const page = pageOf(query, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER);
  if (page === undefined) return badPage();
  const tags = await lists.of(name);
  if (tags === undefined) return refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  const behind = entriesBehind(tags, page.last, page.size + 1); // One more tells that there is a next page.
  return pageAnswer(`/v2/${name}/tags/list`, page, behind, (tags) => ({ name, tags }));
}

/**
 * Lists what refers to a manifest, by pages where that is much; nothing does to one that isn't there (distribution-spec
 * end-12a, 12b).
 */
export async function getReferrers(
  { referrers }: Store,
  name: string,
  subject: Digest,
  query: URLSearchParams,
): Promise<ServerAnswer> {
  const wanted = query.get('artifactType');
  const { descriptors, last } = await referrers.page(name, subject, wanted, query.get('last') ?? '');
  const next = new URLSearchParams({ ...(wanted === null ? {} : { artifactType: wanted }), last: last ?? '' });
  return {
    status: 200,
    headers: {
      'Content-Type': mediaTypes.ociIndex,
      ...(wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
      ...(last === undefined ? {} : { Link: `</v2/${name}/referrers/${subject}?${next}>; rel="next"` }),
    },
    body: referrersText(descriptors),
  };
}

function referrersText(descriptors: readonly Buffer[]): Buffer {
  const [comma, end] = [Buffer.from(','), Buffer.from(']}\n')];
  const start = Buffer.from(`{"schemaVersion":2,"mediaType":"${mediaTypes.ociIndex}","manifests":[`);
  return Buffer.concat([start, ...descriptors.flatMap((text, at) => (at === 0 ? [text] : [comma, text])), end]);
}

/** Part of a list that a request wants: `n` entries behind `last` (distribution-spec end-8b). */
export interface Page {
  /** Infinity: all. */
  readonly size: number;
  readonly last: string;
}

/** Reads `n` and `last`; undefined when `n` is no number. */
export function pageOf(query: URLSearchParams, defaultSize: number, largest: number): Page | undefined {
  const n = query.get('n');
  if (n !== null && !/^\d+$/.test(n)) return undefined;
  return { size: n === null ? defaultSize : Math.min(Number(n), largest), last: query.get('last') ?? '' };
}

/** Makes the answer of a page, with a Link to the next when there is one: `entries` has one more than the page then. */
export function pageAnswer(
  path: string,
  { size }: Page,
  entries: readonly string[],
  body: (entries: readonly string[]) => unknown,
): ServerAnswer {
  const shown = entries.slice(0, size);
  const last = shown.at(-1);
  const more = entries.length > shown.length && last !== undefined;
  const link = `<${path}?n=${size}&last=${encodeURIComponent(last ?? '')}>; rel="next"`;
  return json(200, body(shown), more ? { Link: link } : {});
}

/** Makes the answer to an `n` that is no number. */
export function badPage(): ServerAnswer {
  return refusal(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
}
