import type { ServiceDriftTask } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Badge } from '../badge.js';
import { DiffView } from './diff-view.js';

/** Tasks up to which their diffs stand open. */
const mostOpen = 3;

/** Lists what a run would change, with what is there and what the site says. */
export function DriftTasks({ tasks, count }: { readonly tasks: readonly ServiceDriftTask[]; readonly count: number }) {
  const { t } = usePlace();
  return (
    <>
      <ul class="rows">
        {tasks.map((task, index) => (
          <li key={index}>
            <DriftedTask task={task} isOpen={tasks.length <= mostOpen} />
          </li>
        ))}
      </ul>
      {count > tasks.length && <p class="muted">{t('drift.more-tasks', { n: count - tasks.length })}</p>}
    </>
  );
}

function DriftedTask({
  task: { outcome, role, task, summary, hint, origin, diff, cut },
  isOpen,
}: {
  readonly task: ServiceDriftTask;
  readonly isOpen: boolean;
}) {
  const { t } = usePlace();
  return (
    <>
      <Badge tone={outcome === 'failed' ? 'bad' : 'warn'}>{t(`drift.outcome.${outcome}`)}</Badge>{' '}
      <span class="task-name">{role === null ? task : `${role}: ${task}`}</span>
      {summary !== '' && <span class="muted"> {summary}</span>}
      {origin !== null && <p class="muted">{t(`drift.origin.${origin}`)}</p>}
      {hint !== null && <p class="muted">{hint}</p>}
      {diff !== null && (
        <details open={isOpen}>
          <summary>{t('drift.diff')}</summary>
          <DiffView {...diff} />
        </details>
      )}
      {cut && <p class="muted">{t('drift.cut')}</p>}
    </>
  );
}
