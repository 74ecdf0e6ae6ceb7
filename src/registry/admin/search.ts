import type { Registry } from '../client/registry.js';

/** The parameters of the older service's `GET /v1/search`. */
export interface SearchQuery {
  /** Part of a name, capitals or not; empty: all. */
  readonly q: string;
  /** Results a page, 1 to 100; default 25, as Docker Hub had it. */
  readonly n?: number;
  /** Number of the page, from 1; default 1. */
  readonly page?: number;
}

/** The answer of `GET /v1/search`, with the paging that Docker Hub's had. */
export interface SearchPage {
  readonly query: string;
  readonly num_results: number;
  readonly page: number;
  readonly page_size: number;
  readonly num_pages: number;
  readonly results: readonly { readonly name: string; readonly description: string }[];
}

/**
 * Repositories whose name has the text in it, sorted, a page of them. A page beyond the last is empty. Descriptions are
 * empty, as the older service's were for what was pushed: a registry of today keeps none.
 */
export async function searchRegistry(registry: Registry, { q, n = 25, page = 1 }: SearchQuery): Promise<SearchPage> {
  const wanted = q.toLowerCase();
  const names = (await registry.repositories()).filter((name) => name.toLowerCase().includes(wanted));
  return {
    query: q,
    num_results: names.length,
    page,
    page_size: n,
    num_pages: Math.ceil(names.length / n),
    results: names.slice((page - 1) * n, page * n).map((name) => ({ name, description: '' })),
  };
}
