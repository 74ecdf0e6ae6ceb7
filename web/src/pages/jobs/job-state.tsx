import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { withElements } from '../../kernel/messages.js';
import { usePlace } from '../../kernel/place.js';
import { waitText } from '../../parts/jobs/waits-for.js';
import { jobHref } from '../../parts/jobs/work-references.js';

/** Says how a job stands: for what it waits, or what went wrong. Those who listen hear of changes. */
export function JobState({ job }: { readonly job: ServiceJob }) {
  const { t } = usePlace();
  const waits = waitText(job, t);
  const jobs = job.waitsFor?.jobs ?? [];
  return (
    <div role="status">
      {job.state !== 'done' && <span class="visually-hidden">{t(`job.state.${job.state}`)}</span>}
      {waits !== '' && (
        <p class="note note-warn">
          {waits}{' '}
          {jobs.length > 0 &&
            withElements(t('job.waits.jobs'), {
              jobs: jobs.map((id) => (
                <a key={id} href={jobHref(id)}>
                  {id.slice(0, 8)}{' '}
                </a>
              )),
            })}
        </p>
      )}
      {job.state === 'running' && <progress aria-label={t('work.progress')} />}
      {job.state === 'stopping' && <p class="note note-warn">{t('job.stopping')}</p>}
      {job.problem !== '' && <p class="note note-bad pre">{job.problem}</p>}
    </div>
  );
}
