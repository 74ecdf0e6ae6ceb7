import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';

/** Leads to the next page of a list, and back to its beginning. */
export function Pager({ next }: { readonly next: string | null }) {
  const { t, url } = usePlace();
  const isFirst = !new URLSearchParams(url.split('?')[1]).has('after');
  if (isFirst && next === null) return null;
  return (
    <nav class="pager" aria-label={t('pager.label')}>
      {!isFirst && <a href={withQuery(url, { after: undefined })}>{t('pager.first')}</a>}
      {next !== null && (
        <a rel="next" href={withQuery(url, { after: next })}>
          {t('pager.next')}
        </a>
      )}
    </nav>
  );
}
