import { groupOf } from './load-page.js';
import type { Place } from './place.js';

/**
 * Follows links to pages of the service, and forms that only ask for another view, without loading all anew. What a reader wants
 * elsewhere (a new tab, a download) is the browser's. @returns the end of it
 */
export function followLinks(go: Place['go']): () => void {
  const click = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return;
    const url = link.pathname + link.search;
    if (link.hash !== '' && url === location.pathname + location.search) return;
    if (groupOf(url) === undefined) return;
    event.preventDefault();
    go(url);
  };
  const submit = (event: SubmitEvent) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== 'get') return;
    const { pathname } = new URL(form.action, location.href);
    if (groupOf(pathname) === undefined) return;
    event.preventDefault();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) {
      if (typeof value === 'string' && value !== '') query.append(name, value);
    }
    const text = query.toString();
    go(text === '' ? pathname : `${pathname}?${text}`);
  };
  document.addEventListener('click', click);
  document.addEventListener('submit', submit);
  return () => {
    document.removeEventListener('click', click);
    document.removeEventListener('submit', submit);
  };
}
