import type { Visit } from '../visit.js';

/** Result of a search, as docker expects it. */
export interface SearchResult {
  readonly name: string;
  readonly description: string | null;
  readonly is_trusted: boolean;
  readonly is_official: boolean;
  readonly star_count: number;
  /** True: it is left out where the visitor may not read the repository, or none has this name. */
  readonly should_filter: boolean;
}

/** Values of results that a backend says nothing of. */
export const usualResult = { is_trusted: false, is_official: false, star_count: 0, should_filter: true } as const;

/** Searcher of repositories. */
export interface SearchBackend {
  /** @throws SearchError where another server has failed */
  search(query: string, visit: Visit): Promise<readonly SearchResult[]>;
}

/** Error of a search, by the status that Crane gave it: 504 out of time, 503 out of reach, 502 no answer that is understood. */
export class SearchError extends Error {
  constructor(
    readonly status: 502 | 503 | 504,
    message: string,
    /** Words of the answer. Default: those of the status. */
    readonly shown?: string,
  ) {
    super(message);
    this.name = 'SearchError';
  }
}
