import type { ServiceRepository } from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { ExportLinks } from '../../parts/lists/export-links.js';
import { FilterForm, FilterText } from '../../parts/lists/filter-form.js';
import { MoreRows } from '../../parts/lists/more-rows.js';
import { useMoreRows } from '../../parts/lists/use-more-rows.js';
import { NoRepositories } from './no-repositories.js';
import { RepositoryTable } from './repository-table.js';

interface RepositoriesData {
  readonly page: Items<ServiceRepository>;
  /** Names of registries; empty: the reader is told of none. */
  readonly registries: readonly string[];
}

/** Page that lists the repositories that the reader may see. */
export const repositoriesPage = definePage<RepositoriesData>({
  title: (_, t) => t('nav.repositories'),
  load: async ({ api, query, session }) => {
    const [page, registries] = await Promise.all([
      api.get<Items<ServiceRepository>>(listPath(query, query.get('after'))),
      session === null ? undefined : api.find<Items<{ readonly name: string }>>('/api/v1/registries'),
    ]);
    const names = new Set(
      [...(registries?.items ?? []), ...page.items.map(({ registry: name }) => ({ name }))].map(({ name }) => name),
    );
    return { page, registries: [...names].sort() };
  },
  View: ({ data, query }) => {
    const { t } = usePlace();
    const list = useMoreRows(data.page, (after) => listPath(query, after));
    const isFiltered = query.has('q') || query.has('registry');
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.repositories')}</h1>
          {list.items.length > 0 && <ExportLinks path={listPath(query, null)} />}
        </div>
        {(list.items.length > 0 || isFiltered) && (
          <FilterForm label={t('repositories.filter')} keeps={['sort']}>
            <FilterText label={t('repository.name')} name="q" value={query.get('q')} />
            <FilterText
              label={t('repository.registry')}
              name="registry"
              value={query.get('registry')}
              list={data.registries}
            />
          </FilterForm>
        )}
        {list.items.length === 0 ? (
          <NoRepositories isFiltered={isFiltered} />
        ) : (
          <>
            <RepositoryTable repositories={list.items} />
            <MoreRows list={list} />
          </>
        )}
      </>
    );
  },
});

function listPath(query: URLSearchParams, after: string | null): string {
  return `/api/v1/repositories${apiQuery({
    q: query.get('q'),
    registry: query.get('registry'),
    sort: query.get('sort'),
    limit: 100,
    after,
  })}`;
}
