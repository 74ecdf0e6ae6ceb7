import { useState } from 'preact/hooks';
import type { ServiceJob, ServiceJobEvent, ServicePlan } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { usePlace } from '../../kernel/place.js';
import { useAction } from '../../parts/forms/use-action.js';
import { JobProgress } from '../../parts/jobs/job-progress.js';
import { PlanView } from '../../parts/jobs/plan-view.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { PlainOutput } from './output/plain-output.js';

/** Events of a report. */
const lastEvents = 50;

interface TriedJobProps {
  readonly job: ServiceJob;
  readonly onEnd?: (job: ServiceJob) => void;
}

/** Follows a job that was started on this page; then shows what it would do, or what it says. */
export function TriedJob({ job, onEnd }: TriedJobProps) {
  const { api } = usePlace();
  const [plan, setPlan] = useState<ServicePlan>();
  const [events, setEvents] = useState<readonly ServiceJobEvent[]>([]);
  const read = useAction(async (ended: ServiceJob) => {
    const [found, output] = await Promise.all([
      ended.kind === 'check' ? api.find<ServicePlan>(apiPath`/api/v1/jobs/${ended.id}/plan`) : undefined,
      api.get<Items<ServiceJobEvent>>(apiPath`/api/v1/jobs/${ended.id}/events?last=${String(lastEvents)}`),
    ]);
    setPlan(found);
    setEvents(output.items);
  });
  const hasPlan = plan?.hosts.some(({ count }) => count > 0) === true;
  return (
    <>
      <JobProgress
        job={job}
        onEnd={(ended) => {
          void read.run(ended);
          onEnd?.(ended);
        }}
      />
      <ProblemNote problem={read.problem} />
      {hasPlan && plan !== undefined && <PlanView plan={plan} />}
      {!hasPlan && events.length > 0 && <PlainOutput events={events} />}
    </>
  );
}
