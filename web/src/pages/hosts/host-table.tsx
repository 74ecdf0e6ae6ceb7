import type { ServiceHost } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { DriftBadge, DriftSince } from '../../parts/jobs/drift-badge.js';
import { ResultBadge } from '../../parts/jobs/job-badge.js';
import { hostHref, jobHref } from '../../parts/jobs/work-references.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Lists hosts with how they were found last. */
export function HostTable({ hosts }: { readonly hosts: readonly ServiceHost[] }) {
  const { t } = usePlace();
  return (
    <DataTable
      caption={t('nav.hosts')}
      rows={hosts}
      rowKey={({ name }) => name}
      columns={[
        {
          key: 'name',
          title: t('host.name'),
          isHead: true,
          cell: ({ name }) => <a href={hostHref(name)}>{name}</a>,
        },
        { key: 'groups', title: t('host.groups'), cell: ({ groups }) => groups.join(', ') },
        { key: 'state', title: t('drift.state'), cell: ({ drift }) => <DriftBadge drift={drift} /> },
        { key: 'since', title: t('drift.since'), cell: ({ drift }) => <DriftSince drift={drift} /> },
        {
          key: 'count',
          title: t('drift.count'),
          isNumber: true,
          cell: ({ drift }) => (drift.count === 0 ? '' : drift.count),
        },
        {
          key: 'job',
          title: t('host.last-job'),
          cell: ({ job, result, resultAt }) =>
            job === null ? (
              '–'
            ) : (
              <a href={jobHref(job)}>
                <ResultBadge result={result} /> <Age at={resultAt} />
              </a>
            ),
        },
      ]}
    />
  );
}
