import type { ServiceHost, ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { NewJobForm } from './new-job-form.js';

interface NewJobData {
  readonly registries: readonly ServiceRegistry[];
  /** False: the service has no site, or the reader none of its hosts. */
  readonly hasSite: boolean;
}

/** Page that starts a job. */
export const newJobPage = definePage<NewJobData>({
  title: (_, t) => t('jobs.new'),
  needsAccount: true,
  load: async ({ api }) => {
    const [hosts, registries] = await Promise.all([
      api.find<Items<ServiceHost>>('/api/v1/hosts'),
      api.find<Items<ServiceRegistry>>('/api/v1/registries'),
    ]);
    return { registries: registries?.items ?? [], hasSite: hosts !== undefined && hosts.items.length > 0 };
  },
  View: ({ data, query }) => {
    const { t } = usePlace();
    return (
      <div class="form-page">
        <p class="crumbs">
          <a href="/jobs">{t('nav.jobs')}</a>
        </p>
        <h1 tabIndex={-1}>{t('jobs.new')}</h1>
        {!data.hasSite && <p class="note note-warn">{t('jobs.no-site')}</p>}
        <NewJobForm registries={data.registries} query={query} />
      </div>
    );
  },
});
