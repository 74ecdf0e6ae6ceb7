import { useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { jobHref } from '../../parts/jobs/work-references.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { TriedJob } from '../jobs/tried-job.js';
import { type RetentionValues, retentionBody, retentionQuery } from './retention-values.js';

interface CarryOutProps {
  readonly registry: string;
  readonly values: RetentionValues;
  /** True: the preview is of one repository. A job is of all. */
  readonly isPart: boolean;
}

/** Carries out the rules of a preview: once, as a job, or again and again, as a schedule. */
export function CarryOutRetention({ registry, values, isPart }: CarryOutProps) {
  const { t, api, go } = usePlace();
  const [isAsking, setAsking] = useState(false);
  const [tried, setTried] = useState<ServiceJob>();
  const send = async (dryRun: boolean) =>
    await api.send<ServiceJob>('POST', `/api/v1/jobs${dryRun ? '?dryRun=true' : ''}`, {
      kind: 'retain',
      registry,
      retention: retentionBody(values, t),
    });
  const attempt = useAction(async () => {
    setTried(undefined);
    setTried(await send(true));
  });
  const run = useAction(async () => go(jobHref((await send(false)).id)));
  return (
    <section aria-labelledby="carry-out">
      <h2 id="carry-out">{t('retention.carry-out')}</h2>
      <p>{t('retention.undo')}</p>
      {isPart && <p class="note note-warn">{t('retention.all-repositories')}</p>}
      <p class="actions">
        <button type="button" disabled={attempt.isBusy} onClick={() => void attempt.run()}>
          {t('retention.try')}
        </button>
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          {t('retention.run')}
        </button>
        <a class="button" href={`/schedules/new${apiQuery({ kind: 'retain', registry, ...retentionQuery(values) })}`}>
          {t('retention.schedule')}
        </a>
      </p>
      <ProblemNote problem={attempt.problem} />
      {tried !== undefined && <TriedJob key={tried.id} job={tried} />}
      <Confirm
        title={t('retention.run')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action={run}
        confirm={t('retention.run')}
        isDangerous
      >
        <p>{t('retention.confirm', { registry })}</p>
      </Confirm>
    </section>
  );
}
