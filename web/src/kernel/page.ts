import type { FunctionComponent } from 'preact';
import type { Api } from './api/api.js';
import type { Translate } from './messages.js';
import type { Session } from './session.js';

/** Surroundings in which a page asks for its data. */
export interface LoadContext {
  readonly api: Api;
  /** Parts of the path, decoded: `{ registry: 'main', repository: 'team/app' }`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly session: Session | null;
}

/** Properties of a page's view. */
export interface ViewProps<Data> {
  readonly data: Data;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Page: what it reads, and how it looks. Its data is JSON: it travels from the server to the browser. */
export interface Page<Data> {
  readonly title: (data: Data, t: Translate, params: Readonly<Record<string, string>>) => string;
  /** Reads what the page shows. @throws ApiError */
  readonly load: (context: LoadContext) => Promise<Data>;
  readonly View: FunctionComponent<ViewProps<Data>>;
  /** True: it makes no sense without an account. */
  readonly needsAccount?: boolean;
}

/** Page of any data. */
// biome-ignore lint/suspicious/noExplicitAny: its own parts agree with each other, which definePage has checked.
export type AnyPage = Page<any>;

/** Defines a page; its data has one type in all its parts. */
export function definePage<Data>(page: Page<Data>): AnyPage {
  return page;
}
