import { groupsOfPages, loadGroup, type PageGroup } from '../pages/all.js';
import { type Api, ApiError, type ApiProblem } from './api/api.js';
import type { AnyPage } from './page.js';
import { findRoute, type Match, type Routes } from './routes.js';
import type { Session } from './session.js';
import type { PageState } from './state.js';

/** Groups of pages that were loaded. */
const loaded = new Map<PageGroup, Routes<AnyPage>>();

/** Returns the group of the page at an address; undefined: no page can be there. */
export function groupOf(url: string): PageGroup | undefined {
  const first = new URL(url, 'http://page').pathname.split('/')[1] ?? '';
  return Object.hasOwn(groupsOfPages, first) ? groupsOfPages[first] : undefined;
}

/** Loads the code of the page at an address, for {@link findPage}. */
export async function loadPageCode(url: string): Promise<void> {
  const group = groupOf(url);
  if (group !== undefined && !loaded.has(group)) loaded.set(group, await loadGroup[group]());
}

/** Finds the page of an address whose code was loaded. */
export function findPage(url: string): (Match<AnyPage> & { readonly query: URLSearchParams }) | undefined {
  const { pathname, searchParams } = new URL(url, 'http://page');
  const group = groupOf(url);
  const match = group === undefined ? undefined : findRoute(loaded.get(group) ?? [], pathname);
  return match === undefined ? undefined : { ...match, query: searchParams };
}

/** Reads what the page of an address shows, and loads its code. A refusal is content too. */
export async function loadContent(url: string, api: Api, session: Session | null): Promise<PageState['content']> {
  await loadPageCode(url);
  const found = findPage(url);
  if (found === undefined) return { problem: { status: 404, title: 'Not Found', detail: '', errors: [] } };
  if (found.value.needsAccount === true && session === null) return { problem: loginFirst };
  try {
    return { data: await found.value.load({ api, params: found.params, query: found.query, session }) };
  } catch (error) {
    if (error instanceof ApiError) return { problem: error.problem };
    throw error;
  }
}

const loginFirst: ApiProblem = { status: 401, title: 'Unauthorized', detail: '', errors: [] };
