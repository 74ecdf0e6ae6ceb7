import type { ServiceHostDetails, ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Empty } from '../../parts/empty.js';
import { DriftBadge, DriftSince } from '../../parts/jobs/drift-badge.js';
import { DriftTasks } from '../../parts/jobs/drift-tasks.js';
import { JobTable } from '../../parts/jobs/job-table.js';
import { PlanAndCarryOut } from '../../parts/jobs/plan-and-carry-out.js';
import { jobHref } from '../../parts/jobs/work-references.js';

interface HostData {
  readonly host: ServiceHostDetails;
  readonly jobs: readonly ServiceJob[];
}

/** Page of a host: what differs there, how that is mended, and the jobs that were there. */
export const hostPage = definePage<HostData>({
  title: ({ host }) => host.name,
  needsAccount: true,
  load: async ({ api, params: { name = '' } }) => {
    const [host, jobs] = await Promise.all([
      api.get<ServiceHostDetails>(apiPath`/api/v1/hosts/${name}`),
      api.get<Items<ServiceJob>>(`/api/v1/jobs${apiQuery({ host: name, limit: 20 })}`),
    ]);
    return { host, jobs: jobs.items };
  },
  View: ({ data: { host, jobs } }) => {
    const { t } = usePlace();
    const { name, groups, drift } = host;
    return (
      <>
        <p class="crumbs">
          <a href="/hosts">{t('nav.hosts')}</a>
        </p>
        <h1 tabIndex={-1}>
          {name} <DriftBadge drift={drift} />
        </h1>
        <dl class="facts">
          <dt>{t('host.groups')}</dt>
          <dd>{groups.join(', ')}</dd>
          <dt>{t('drift.since')}</dt>
          <dd>
            <DriftSince drift={drift} />
          </dd>
          <dt>{t('drift.looked')}</dt>
          <dd>
            {drift.job === null ? (
              <Age at={drift.lookedAt} never={t('drift.never')} />
            ) : (
              <a href={jobHref(drift.job)}>
                <Age at={drift.lookedAt} never={t('drift.never')} />
              </a>
            )}
          </dd>
        </dl>
        <section aria-labelledby="differs">
          <h2 id="differs">{t('drift.differs')}</h2>
          {drift.tasks.length === 0 ? (
            <p>{t(drift.state === 'as-wanted' ? 'drift.nothing' : 'drift.not-known')}</p>
          ) : (
            <DriftTasks tasks={drift.tasks} count={drift.count} />
          )}
        </section>
        <section aria-labelledby="mend">
          <h2 id="mend">{t('plan.mend')}</h2>
          <PlanAndCarryOut path={apiPath`/api/v1/hosts/${name}/plan`} />
        </section>
        <section>
          <h2>{t('host.jobs')}</h2>
          {jobs.length === 0 ? (
            <Empty title={t('jobs.none')}>
              <a href={`/jobs/new?kind=check&limit=${encodeURIComponent(name)}`}>{t('jobs.first')}</a>
            </Empty>
          ) : (
            <>
              <JobTable caption={t('host.jobs')} jobs={jobs} />
              <p>
                <a href={`/jobs${apiQuery({ host: name })}`}>{t('work.all-jobs')}</a>
              </p>
            </>
          )}
        </section>
      </>
    );
  },
});
