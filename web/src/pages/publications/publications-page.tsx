import type { ServicePublication } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Empty } from '../../parts/empty.js';
import { JobBadge } from '../../parts/jobs/job-badge.js';
import { jobHref, publicationHref } from '../../parts/jobs/work-references.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { PublicationState } from './publication-state.js';

/** List of what vendors publish. */
export const publicationsPage = definePage<Items<ServicePublication>>({
  title: (_, t) => t('nav.publications'),
  needsAccount: true,
  load: async ({ api }) => await api.get<Items<ServicePublication>>('/api/v1/publications'),
  View: ({ data: { items } }) => {
    const { t } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('nav.publications')}</h1>
        {items.length === 0 ? (
          <Empty title={t('publications.none')}>
            <p>{t('publications.none.text')}</p>
          </Empty>
        ) : (
          <DataTable
            caption={t('nav.publications')}
            rows={items}
            rowKey={({ vendor, app }) => `${vendor}/${app}`}
            columns={[
              {
                key: 'app',
                title: t('publication.app'),
                isHead: true,
                cell: (publication) => <a href={publicationHref(publication)}>{publication.app}</a>,
              },
              { key: 'vendor', title: t('publication.vendor'), cell: ({ vendor }) => vendor },
              { key: 'state', title: t('job.state'), cell: (each) => <PublicationState state={each.state} /> },
              {
                key: 'tags',
                title: t('publication.tags'),
                isNumber: true,
                cell: ({ tags }) => (tags === null ? '–' : tags.length),
              },
              { key: 'layout', title: t('publication.layout'), cell: ({ layout }) => layout },
              { key: 'at', title: t('publication.published'), cell: ({ publishedAt }) => <Age at={publishedAt} /> },
              {
                key: 'job',
                title: t('host.last-job'),
                cell: ({ job, jobState, result }) =>
                  job === null || jobState === null ? (
                    '–'
                  ) : (
                    <a href={jobHref(job)}>
                      <JobBadge job={{ state: jobState, result }} />
                    </a>
                  ),
              },
            ]}
          />
        )}
      </>
    );
  },
});
