import type { ServiceJob, ServiceSchedule } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { useAction } from '../../parts/forms/use-action.js';
import { jobHref } from '../../parts/jobs/work-references.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** Starts the job of a schedule now, and switches a schedule on or off. */
export function ScheduleActions({ schedule: { id, name, enabled } }: { readonly schedule: ServiceSchedule }) {
  const { t, api, go, reload } = usePlace();
  const start = useAction(async () => {
    const job = await api.send<ServiceJob>('POST', apiPath`/api/v1/schedules/${id}/start`);
    go(jobHref(job.id));
  });
  const toggle = useAction(async () => {
    await api.send('PATCH', apiPath`/api/v1/schedules/${id}`, { enabled: !enabled });
    await reload();
  });
  return (
    <>
      <span class="row-actions">
        <button type="button" disabled={start.isBusy} onClick={() => void start.run()}>
          {t('schedule.start')} <span class="visually-hidden">{name}</span>
        </button>
        <button type="button" disabled={toggle.isBusy} onClick={() => void toggle.run()}>
          {t(enabled ? 'schedule.switch-off' : 'schedule.switch-on')} <span class="visually-hidden">{name}</span>
        </button>
      </span>
      <ProblemNote problem={start.problem ?? toggle.problem} />
    </>
  );
}
