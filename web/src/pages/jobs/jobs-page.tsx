import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { JobTable } from '../../parts/jobs/job-table.js';
import { Pager } from '../../parts/lists/pager.js';
import { JobFilters } from './job-filters.js';

/** List of jobs, newest first. */
export const jobsPage = definePage<Items<ServiceJob>>({
  title: (_, t) => t('nav.jobs'),
  needsAccount: true,
  load: async ({ api, query }) => {
    const asked = Object.fromEntries(
      ['state', 'kind', 'host', 'registry', 'after'].map((name) => [name, query.get(name)]),
    );
    return await api.get<Items<ServiceJob>>(`/api/v1/jobs${apiQuery(asked)}`);
  },
  View: ({ data: { items, next = null }, query }) => {
    const { t } = usePlace();
    const isFiltered = ['state', 'kind', 'host', 'registry', 'after'].some((name) => query.has(name));
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.jobs')}</h1>
          <a class="button primary" href="/jobs/new">
            {t('jobs.new')}
          </a>
        </div>
        <JobFilters query={query} />
        {items.length === 0 ? (
          <Empty title={t(isFiltered ? 'jobs.none-found' : 'jobs.none')}>
            <p>
              {isFiltered ? <a href="/jobs">{t('jobs.all')}</a> : <a href="/jobs/new?kind=check">{t('jobs.first')}</a>}
            </p>
          </Empty>
        ) : (
          <JobTable caption={t('nav.jobs')} jobs={items} />
        )}
        <Pager next={next} />
      </>
    );
  },
});
