import type { ServicePlan } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { DriftTasks } from './drift-tasks.js';
import { ResultBadge } from './job-badge.js';
import { hostHref } from './work-references.js';

/** Hosts up to which they stand open. */
const mostOpen = 5;

/** Shows what a check found to do on each host, and what had changed where a plan was refused. */
export function PlanView({ plan }: { readonly plan: ServicePlan }) {
  const { t } = usePlace();
  const { hosts, changed, stale } = plan;
  const busy = hosts.filter(({ count }) => count > 0);
  const idle = hosts.filter(({ count, result }) => count === 0 && result !== null);
  return (
    <div class="plan">
      {stale !== null && <p class="note note-warn">{t('plan.stale', { why: stale })}</p>}
      {changed.length > 0 && (
        <div class="note note-bad">
          <p>{t('plan.changed')}</p>
          <ul>
            {changed.map(({ host, task, planned, found }) => (
              <li key={`${host} ${task}`}>
                {host}: {task} – {t('plan.changed.planned', { text: planned ?? t('plan.nothing') })},{' '}
                {t('plan.changed.found', { text: found ?? t('plan.nothing') })}
              </li>
            ))}
          </ul>
        </div>
      )}
      {busy.map(({ host, result, count, tasks }) => (
        <details key={host} class="plan-host" open={busy.length <= mostOpen}>
          <summary>
            <strong>{host}</strong> <ResultBadge result={result} /> {t('plan.tasks', { n: count })}
          </summary>
          <p>
            <a href={hostHref(host)}>{t('plan.to-host')}</a>
          </p>
          <DriftTasks tasks={tasks} count={count} />
        </details>
      ))}
      {busy.length === 0 && plan.complete && changed.length === 0 && <p>{t('plan.empty')}</p>}
      {busy.length > 0 && idle.length > 0 && (
        <p class="muted">{t('plan.idle', { names: idle.map(({ host }) => host).join(', ') })}</p>
      )}
    </div>
  );
}
