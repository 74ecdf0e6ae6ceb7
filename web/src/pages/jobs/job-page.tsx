import { useEffect, useState } from 'preact/hooks';
import type { ServiceJob, ServiceJobEvent, ServicePlan } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { JobBadge } from '../../parts/jobs/job-badge.js';
import { jobName } from '../../parts/jobs/job-name.js';
import { PlanView } from '../../parts/jobs/plan-view.js';
import { useJob } from '../../parts/jobs/use-job.js';
import { JobActions } from './job-actions.js';
import { JobFacts } from './job-facts.js';
import { JobResults } from './job-results.js';
import { JobState } from './job-state.js';
import { OutputView } from './output/output-view.js';
import { PlainOutput } from './output/plain-output.js';

interface JobData {
  readonly job: ServiceJob;
  readonly plan: ServicePlan | undefined;
  /** The last of its events, for readers without script. */
  readonly events: readonly ServiceJobEvent[];
}

/** Events that a page without script shows. */
const lastEvents = 200;

/** Page of a job: how it stands, what it does, and what may be done with it. */
export const jobPage = definePage<JobData>({
  title: ({ job }, t) => jobName(job, t),
  needsAccount: true,
  load: async ({ api, params: { id = '' } }) => {
    const isServer = typeof document === 'undefined';
    const job = await api.get<ServiceJob>(apiPath`/api/v1/jobs/${id}`);
    const mayHavePlan = job.kind === 'check' || job.parent !== null;
    const [plan, events] = await Promise.all([
      mayHavePlan ? api.find<ServicePlan>(apiPath`/api/v1/jobs/${id}/plan`) : undefined,
      isServer
        ? api.find<Items<ServiceJobEvent>>(apiPath`/api/v1/jobs/${id}/events?last=${String(lastEvents)}`)
        : undefined,
    ]);
    return { job, plan, events: events?.items ?? [] };
  },
  View: ({ data }) => {
    const { t, reload } = usePlace();
    const { job } = useJob(data.job);
    const [isLive, setLive] = useState(false);
    useEffect(() => setLive(true), []);
    // What the job has found is read when it has ended.
    const isOver = job.state === 'done';
    useEffect(() => {
      if (isOver && data.job.state !== 'done') void reload();
    }, [isOver, data.job.state]);
    const hasPlan = data.plan !== undefined && (job.kind === 'check' || data.plan.changed.length > 0);
    return (
      <>
        <p class="crumbs">
          <a href="/jobs">{t('nav.jobs')}</a>
        </p>
        <div class="title-row">
          <h1 tabIndex={-1}>
            {jobName(job, t)} <JobBadge job={job} />
          </h1>
        </div>
        <JobState job={job} />
        <JobFacts job={job} />
        <JobActions job={job} />
        <JobResults job={job} />
        {hasPlan && data.plan !== undefined && (
          <section aria-labelledby="plan">
            <h2 id="plan">{t('plan.title')}</h2>
            <PlanView plan={data.plan} />
          </section>
        )}
        <section>
          <h2>{t('output.title')}</h2>
          {isLive ? (
            <OutputView key={job.id} job={job} onEnd={() => void (data.job.state !== 'done' && reload())} />
          ) : (
            <PlainOutput events={data.events} />
          )}
        </section>
      </>
    );
  },
});
