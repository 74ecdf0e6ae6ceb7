import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../age.js';
import { DataTable } from '../lists/data-table.js';
import { durationText, secondsBetween } from './duration.js';
import { JobBadge } from './job-badge.js';
import { hostsText, publicationText } from './job-name.js';
import { waitText } from './waits-for.js';
import { jobHref } from './work-references.js';

/** Lists jobs. */
export function JobTable({ caption, jobs }: { readonly caption: string; readonly jobs: readonly ServiceJob[] }) {
  const { t, now, language } = usePlace();
  return (
    <DataTable
      caption={caption}
      rows={jobs}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'kind',
          title: t('job.kind'),
          isHead: true,
          cell: (job) => (
            <a href={jobHref(job.id)}>
              {`${t(`job.kind.${job.kind}`)} ${job.registry ?? publicationText(job.publication) ?? ''}`.trim()}
            </a>
          ),
        },
        { key: 'id', title: t('job.id'), cell: ({ id }) => <code title={id}>{id.slice(0, 8)}</code> },
        {
          key: 'state',
          title: t('job.state'),
          cell: (job) => (
            <>
              <JobBadge job={job} /> <span class="muted">{waitText(job, t)}</span>
            </>
          ),
        },
        { key: 'hosts', title: t('job.hosts'), cell: ({ hosts }) => hostsText(hosts, t) },
        { key: 'by', title: t('job.by'), cell: ({ createdBy }) => createdBy },
        {
          key: 'started',
          title: t('job.started'),
          cell: ({ startedAt, createdAt }) => <Age at={startedAt ?? createdAt} />,
        },
        {
          key: 'took',
          title: t('job.took'),
          isNumber: true,
          cell: ({ startedAt, endedAt }) => {
            const seconds = secondsBetween(startedAt, endedAt, now);
            return seconds === undefined ? '–' : durationText(seconds, language);
          },
        },
        { key: 'reason', title: t('job.reason'), cell: ({ reason }) => reason },
      ]}
    />
  );
}
