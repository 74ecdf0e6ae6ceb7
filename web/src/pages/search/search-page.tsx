import type { ServiceSearchHit } from '../../../../src/service-client/service-types.js';
import { ApiError, type ApiProblem, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { ExportLinks } from '../../parts/lists/export-links.js';
import { FilterForm, FilterText } from '../../parts/lists/filter-form.js';
import { MoreRows } from '../../parts/lists/more-rows.js';
import { useMoreRows } from '../../parts/lists/use-more-rows.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { HitTable } from './hit-table.js';
import { SearchHelp } from './search-help.js';

interface SearchData {
  readonly page: Items<ServiceSearchHit>;
  /** Reason why the words can't be understood. */
  readonly problem: ApiProblem | undefined;
}

/** Page that finds repositories, tags and images. */
export const searchPage = definePage<SearchData>({
  title: (_, t) => t('search.title'),
  load: async ({ api, query }) => {
    const q = query.get('q')?.trim() ?? '';
    const none = { items: [], next: null };
    if (q === '') return { page: none, problem: undefined };
    try {
      return { page: await api.get<Items<ServiceSearchHit>>(searchPath(q, query.get('after'))), problem: undefined };
    } catch (error) {
      // Words that can't be understood are answered beside their field.
      if (error instanceof ApiError && [400, 422].includes(error.problem.status)) {
        return { page: none, problem: error.problem };
      }
      throw error;
    }
  },
  View: ({ data: { page, problem }, query }) => {
    const { t } = usePlace();
    const q = query.get('q')?.trim() ?? '';
    const list = useMoreRows(page, (after) => searchPath(q, after));
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('search.title')}</h1>
          {list.items.length > 0 && <ExportLinks path={searchPath(q, null)} />}
        </div>
        <FilterForm label={t('search.title')}>
          <FilterText label={t('search.query')} name="q" value={q} />
        </FilterForm>
        <ProblemNote problem={problem} />
        {q !== '' && problem === undefined && list.items.length === 0 && (
          <Empty title={t('search.none')}>
            <p>{t('search.none.text')}</p>
          </Empty>
        )}
        {list.items.length > 0 && (
          <>
            <p class="muted" role="status">
              {t(list.next === null ? 'search.found' : 'search.found-more', { n: list.items.length })}
            </p>
            <HitTable hits={list.items} />
            <MoreRows list={list} />
          </>
        )}
        <SearchHelp isOpen={q === '' || list.items.length === 0} />
      </>
    );
  },
});

function searchPath(q: string, after: string | null): string {
  return `/api/v1/search${apiQuery({ q, limit: 100, after })}`;
}
