import type { ApiProblem } from './api/api.js';
import type { Language } from './messages.js';
import type { Session } from './session.js';

/** Page with its data, as the server sends it and the browser goes on from. */
export interface PageState {
  /** Path and query. */
  readonly url: string;
  readonly language: Language;
  readonly session: Session | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly content: { readonly data: unknown } | { readonly problem: ApiProblem };
}
