import { useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../../parts/fields/check.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { TriedJob } from '../jobs/tried-job.js';

interface Reconciled {
  readonly repositories: number;
  readonly changes: number;
}

/** Offers a look at all that a registry has, and the collection of its garbage, which may be tried first. */
export function RegistryUpkeep({ name }: { readonly name: string }) {
  const { t, api, reload } = usePlace();
  const [deleteUntagged, setDeleteUntagged] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [job, setJob] = useState<ServiceJob>();
  const [found, setFound] = useState<Reconciled>();
  const reconcile = useAction(async () => {
    setFound(await api.send<Reconciled>('POST', apiPath`/api/v1/registries/${name}/reconcile`));
    await reload();
  });
  const collect = async (dryRun: boolean) => {
    const body = { kind: 'gc', registry: name, deleteUntagged };
    setJob(undefined);
    setJob(await api.send<ServiceJob>('POST', `/api/v1/jobs${apiQuery({ dryRun: dryRun || undefined })}`, body));
  };
  const attempt = useAction(async () => await collect(true));
  const run = useAction(async () => await collect(false));
  return (
    <section aria-labelledby="upkeep">
      <h2 id="upkeep">{t('upkeep.title')}</h2>
      <p class="actions">
        <button type="button" disabled={reconcile.isBusy} onClick={() => void reconcile.run()}>
          {t('reconcile.now')}
        </button>
        <span class="muted">{t('reconcile.hint')}</span>
        <a href={`/retention${apiQuery({ registry: name })}`}>{t('jobs.to-retention')}</a>
      </p>
      <p role="status">
        {found !== undefined && t('reconcile.done', { repositories: found.repositories, n: found.changes })}
      </p>
      <ProblemNote problem={reconcile.problem} />
      <fieldset>
        <legend>{t('job.kind.gc')}</legend>
        <Check
          label={t('gc.untagged')}
          isChecked={deleteUntagged}
          onChange={setDeleteUntagged}
          hint={t('gc.untagged.hint')}
        />
        <p class="actions">
          <button type="button" class="primary" disabled={attempt.isBusy} onClick={() => void attempt.run()}>
            {t('gc.try')}
          </button>
          <button type="button" class="danger" onClick={() => setAsking(true)}>
            {t('gc.run')}
          </button>
        </p>
        <ProblemNote problem={attempt.problem} />
        {job !== undefined && <TriedJob key={job.id} job={job} />}
      </fieldset>
      <Confirm
        title={t('gc.run')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action={run}
        confirm={t('gc.run')}
        isDangerous
      >
        <p>{t(deleteUntagged ? 'gc.confirm.untagged' : 'gc.confirm', { name })}</p>
      </Confirm>
    </section>
  );
}
