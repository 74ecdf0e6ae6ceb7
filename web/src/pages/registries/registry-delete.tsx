import { useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { TextField } from '../../parts/fields/text-field.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { jobHref } from '../../parts/jobs/work-references.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { TriedJob } from '../jobs/tried-job.js';

/** Offers the deletion of a registry: tried first, and done where its name is typed. */
export function RegistryDelete({ name }: { readonly name: string }) {
  const { t, api, go } = usePlace();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState<ServiceJob>();
  const path = apiPath`/api/v1/registries/${name}`;
  const attempt = useAction(async () => {
    setTried(undefined);
    setTried(await api.send<ServiceJob>('DELETE', `${path}?dryRun=true`));
  });
  const remove = useAction(async () => {
    const job = await api.send<ServiceJob>('DELETE', path);
    go(jobHref(job.id));
  });
  return (
    <section aria-labelledby="delete">
      <h2 id="delete">{t('registry.delete')}</h2>
      <p>{t('registry.delete.text')}</p>
      <p class="actions">
        <button type="button" disabled={attempt.isBusy} onClick={() => void attempt.run()}>
          {t('registry.delete.try')}
        </button>
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          {t('registry.delete')}
        </button>
      </p>
      <ProblemNote problem={attempt.problem} />
      {tried !== undefined && <TriedJob key={tried.id} job={tried} />}
      <Confirm
        title={t('registry.delete')}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
          setTyped('');
        }}
        action={remove}
        confirm={t('registry.delete')}
        isDangerous
        isBlocked={typed !== name}
      >
        <p>{t('registry.delete.text')}</p>
        <TextField label={t('registry.delete.type', { name })} value={typed} onValue={setTyped} autocomplete="off" />
      </Confirm>
    </section>
  );
}
