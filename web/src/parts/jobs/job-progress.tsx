import { useEffect, useRef } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { ProblemNote } from '../problem-note.js';
import { JobBadge } from './job-badge.js';
import { jobName } from './job-name.js';
import { useJob } from './use-job.js';
import { waitText } from './waits-for.js';
import { jobHref } from './work-references.js';

/** Shows how a job goes on that was just started, and calls back once it has ended. */
export function JobProgress({
  job: first,
  onEnd,
}: {
  readonly job: ServiceJob;
  readonly onEnd?: (job: ServiceJob) => void;
}) {
  const { t } = usePlace();
  const { job, problem } = useJob(first);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    if (job.state === 'done') ended.current?.(job);
  }, [job]);
  return (
    <div class="note job-progress" role="status">
      <p>
        <JobBadge job={job} /> <a href={jobHref(job.id)}>{jobName(job, t)}</a> {waitText(job, t)}
      </p>
      {job.state !== 'done' && <progress aria-label={t('work.progress')} />}
      {job.problem !== '' && <p class="pre">{job.problem}</p>}
      <ProblemNote problem={problem} />
    </div>
  );
}
