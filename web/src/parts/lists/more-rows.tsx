import { useEffect, useRef } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';
import { ProblemNote } from '../problem-note.js';
import type { GrowingList } from './use-more-rows.js';

/** Distance below the window from which the next rows are read. */
const margin = '600px';

/** End of a list that grows as the reader gets there. Without a script it is a link to the next page. */
export function MoreRows({ list, count }: { readonly list: GrowingList<unknown>; readonly count?: number }) {
  const { t, url } = usePlace();
  const end = useRef<HTMLElement>(null);
  const { next, more } = list;
  const isFirst = !new URLSearchParams(url.split('?')[1]).has('after');
  const isRefused = more.problem !== undefined;
  useEffect(() => {
    const element = end.current;
    if (element === null || next === null || isRefused) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void more.run();
      },
      { rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [next, isRefused, more.run]);
  return (
    <nav class="pager" aria-label={t('pager.label')} ref={end}>
      {!isFirst && <a href={withQuery(url, { after: undefined })}>{t('pager.first')}</a>}
      {next !== null && (
        <a rel="next" href={withQuery(url, { after: next })}>
          {t('pager.next')}
        </a>
      )}
      {count !== undefined && (
        <span class="muted" aria-busy={more.isBusy}>
          {t('more.shown', { shown: list.items.length, n: count })}
        </span>
      )}
      <ProblemNote problem={more.problem} />
    </nav>
  );
}
