import type { ServiceSchedule } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { jobHref, scheduleHref } from '../../parts/jobs/work-references.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { ScheduleActions } from './schedule-actions.js';
import { scheduledJobText } from './scheduled-job-text.js';

/** Lists schedules, with what may be done to each. */
export function ScheduleTable({ schedules }: { readonly schedules: readonly ServiceSchedule[] }) {
  const { t } = usePlace();
  return (
    <DataTable
      caption={t('nav.schedules')}
      rows={schedules}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'name',
          title: t('schedule.name'),
          isHead: true,
          cell: ({ id, name }) => <a href={scheduleHref(id)}>{name}</a>,
        },
        { key: 'job', title: t('schedule.job'), cell: ({ job }) => scheduledJobText(job, t) },
        {
          key: 'state',
          title: t('job.state'),
          cell: ({ enabled }) => (
            <Badge tone={enabled ? 'good' : 'plain'}>{t(enabled ? 'schedule.on' : 'schedule.off')}</Badge>
          ),
        },
        {
          key: 'next',
          title: t('schedule.next'),
          cell: ({ nextAt, enabled }) => (enabled ? <Age at={nextAt} /> : '–'),
        },
        {
          key: 'cron',
          title: t('schedule.cron'),
          cell: ({ cron, zone }) => (
            <>
              <code>{cron}</code> <span class="muted">{zone}</span>
            </>
          ),
        },
        {
          key: 'last',
          title: t('schedule.last'),
          cell: ({ lastAt, lastJob }) =>
            lastJob === null ? (
              <Age at={lastAt} never={t('drift.never')} />
            ) : (
              <a href={jobHref(lastJob)}>
                <Age at={lastAt} />
              </a>
            ),
        },
        { key: 'by', title: t('job.by'), cell: ({ createdBy }) => createdBy },
        { key: 'actions', title: t('schedule.actions'), cell: (schedule) => <ScheduleActions schedule={schedule} /> },
      ]}
    />
  );
}
