import type { ServiceRegistryDrift } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { DriftBadge, DriftSince } from '../../parts/jobs/drift-badge.js';
import { DriftTasks } from '../../parts/jobs/drift-tasks.js';
import { PlanAndCarryOut } from '../../parts/jobs/plan-and-carry-out.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Shows a registry as it shall be and as it was found, what is different, and how that is mended. */
export function RegistryDriftView({ name, drift }: { readonly name: string; readonly drift: ServiceRegistryDrift }) {
  const { t } = usePlace();
  const { wanted, measured, difference, tasks } = drift;
  const fields = [...new Set([...Object.keys(wanted), ...Object.keys(measured ?? {})])].toSorted();
  const differing = new Set(difference.map(({ field }) => field));
  return (
    <section>
      <h2>
        {t('registry.drift')} <DriftBadge drift={drift} />
      </h2>
      <p>
        <DriftSince drift={drift} />
      </p>
      <DataTable
        caption={t('registry.drift')}
        rows={fields}
        rowKey={(field) => field}
        columns={[
          {
            key: 'field',
            title: t('registry.field'),
            isHead: true,
            cell: (field) => (
              <>
                <code>{field}</code>{' '}
                {differing.has(field) && <span class="badge badge-warn">{t('job.result.differs')}</span>}
              </>
            ),
          },
          { key: 'wanted', title: t('registry.wanted'), cell: (field) => <Value value={wanted[field]} /> },
          {
            key: 'measured',
            title: t('registry.measured'),
            cell: (field) => (measured === null ? t('registry.not-measured') : <Value value={measured[field]} />),
          },
        ]}
      />
      {drift.measuredAt !== null && (
        <p class="muted">
          {t('registry.measured')} <Age at={drift.measuredAt} />
        </p>
      )}
      {tasks.length > 0 && <DriftTasks tasks={tasks} count={drift.count} />}
      <details open={drift.state === 'differs'}>
        <summary>{t('plan.mend')}</summary>
        <PlanAndCarryOut path={apiPath`/api/v1/registries/${name}/plan`} />
      </details>
    </section>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (value === undefined || value === null) return <span class="muted">–</span>;
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>;
}
