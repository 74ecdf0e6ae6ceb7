import { useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { jobHref } from '../../parts/jobs/work-references.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** Offers what may be done with a job: to end it, to carry out its plan, to run it again. */
export function JobActions({ job }: { readonly job: ServiceJob }) {
  const { t, api, go, reload } = usePlace();
  const [isAsking, setAsking] = useState(false);
  const start = async (path: string, body?: object) => {
    const started = await api.send<ServiceJob>('POST', path, body);
    go(jobHref(started.id));
  };
  const approve = useAction(async () => await start(apiPath`/api/v1/jobs/${job.id}/approve`));
  const retry = useAction(
    async (hosts: 'failed' | 'all') => await start(apiPath`/api/v1/jobs/${job.id}/retry`, { hosts }),
  );
  const cancel = useAction(async () => {
    await api.send('POST', apiPath`/api/v1/jobs/${job.id}/cancel`);
    await reload();
  });
  const isOver = job.state === 'done';
  const isRun = (job.kind === 'provision' || job.kind === 'check') && job.options.operation === undefined;
  const hasFailed = job.hosts.some((host) => !['ok', 'changed', 'differs'].includes(job.results[host] ?? 'lost'));
  return (
    <>
      <p class="actions">
        {job.canApprove && (
          <button type="button" class="primary" disabled={approve.isBusy} onClick={() => void approve.run()}>
            {t('plan.carry-out')}
          </button>
        )}
        {isOver && isRun && hasFailed && (
          <button type="button" disabled={retry.isBusy} onClick={() => void retry.run('failed')}>
            {t('job.retry.failed')}
          </button>
        )}
        {isOver && isRun && (
          <button type="button" disabled={retry.isBusy} onClick={() => void retry.run('all')}>
            {t(job.kind === 'check' ? 'job.retry.check' : 'job.retry.all')}
          </button>
        )}
        {!isOver && (
          <button type="button" class="danger" onClick={() => setAsking(true)}>
            {t(job.cancelled ? 'job.cancel.now' : 'job.cancel')}
          </button>
        )}
      </p>
      <ProblemNote problem={approve.problem ?? retry.problem} />
      <Confirm
        title={t(job.cancelled ? 'job.cancel.now' : 'job.cancel')}
        isOpen={isAsking && !isOver}
        onClose={() => setAsking(false)}
        action={cancel}
        confirm={t(job.cancelled ? 'job.cancel.now' : 'job.cancel')}
        isDangerous
      >
        <p>{t(job.cancelled ? 'job.cancel.now.text' : 'job.cancel.text')}</p>
      </Confirm>
    </>
  );
}
