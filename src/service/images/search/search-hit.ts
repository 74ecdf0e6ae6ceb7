import type { RepositoryCursor } from '../visible-repositories.js';

/** Found repository, tag, or image without a tag. */
export interface SearchHit {
  readonly kind: 'repository' | 'tag' | 'image';
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly mediaType: string;
  readonly platform: string;
  readonly bytes: number;
  readonly pushedAt: number | null;
  readonly pushedBy: string;
}

/** Place in the order of hits: repositories by name, in each its tags. */
export interface SearchCursor extends RepositoryCursor {
  /** Tag, or digest of what has none; empty: a repository. */
  readonly key: string;
}
