import { findPage } from './load-page.js';
import type { Translate } from './messages.js';
import type { PageState } from './state.js';

/** Returns the title of a page, as tabs of browsers show it. */
export function titleOf({ url, content }: PageState, t: Translate): string {
  const found = findPage(url);
  if (found === undefined || 'problem' in content) {
    const status = 'problem' in content ? content.problem.status : 404;
    return `${t(status === 401 ? 'login.title' : 'problem.title')} · ${t('product')}`;
  }
  return `${found.value.title(content.data, t, found.params)} · ${t('product')}`;
}
