import type { ServiceJob, ServicePublication } from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { JobTable } from '../../parts/jobs/job-table.js';
import { ComparePublication } from './compare-publication.js';
import { PublicationFacts } from './publication-facts.js';
import { PublicationState } from './publication-state.js';
import { PublishActions } from './publish-actions.js';
import { WithdrawTags } from './withdraw-tags.js';

interface PublicationData {
  readonly publication: ServicePublication;
  readonly jobs: readonly ServiceJob[];
}

/** Page of an application of a vendor: what is published of it, what differs, and what may be done. */
export const publicationPage = definePage<PublicationData>({
  title: ({ publication: { vendor, app } }) => `${vendor} ${app}`,
  needsAccount: true,
  load: async ({ api, params: { vendor = '', app = '' } }) => {
    const [publication, { items }] = await Promise.all([
      api.get<ServicePublication>(apiPath`/api/v1/publications/${vendor}/${app}`),
      api.get<Items<ServiceJob>>(`/api/v1/jobs${apiQuery({ publication: `${vendor}/${app}`, limit: 20 })}`),
    ]);
    return { publication, jobs: items };
  },
  View: ({ data: { publication, jobs } }) => {
    const { t } = usePlace();
    const { vendor, app, state, problem } = publication;
    return (
      <>
        <p class="crumbs">
          <a href="/publications">{t('nav.publications')}</a> {vendor}
        </p>
        <h1 tabIndex={-1}>
          {app} <PublicationState state={state} />
        </h1>
        {problem !== '' && <p class="note note-bad">{problem}</p>}
        <PublicationFacts publication={publication} />
        <ComparePublication key={`${vendor}/${app}`} publication={publication} />
        <section aria-labelledby="publication-work">
          <h2 id="publication-work">{t('publication.work')}</h2>
          <PublishActions publication={publication} />
          <WithdrawTags publication={publication} />
        </section>
        <section>
          <h2>{t('publication.jobs')}</h2>
          {jobs.length === 0 ? <p>{t('jobs.none')}</p> : <JobTable caption={t('publication.jobs')} jobs={jobs} />}
        </section>
      </>
    );
  },
});
