import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { jobHref } from '../../../parts/jobs/work-references.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { TriedJob } from '../../jobs/tried-job.js';
import { RegistryFields } from './registry-fields.js';
import { RegistryStorageFields } from './registry-storage-fields.js';
import type { RegistryValues } from './registry-values.js';

interface RegistryFormProps {
  readonly first: RegistryValues;
  /** Names of the site's hosts; empty: they are not known. */
  readonly hosts: readonly string[];
  readonly isNew: boolean;
  /** Sends the fields, only to say what they would do or to do it. @throws ApiError */
  readonly send: (values: RegistryValues, dryRun: boolean) => Promise<ServiceJob>;
}

/** Form of a registry: first the plan, then it is carried out. Other fields need another plan. */
export function RegistryForm({ first, hosts, isNew, send }: RegistryFormProps) {
  const { t, go } = usePlace();
  const [values, setValues] = useState(first);
  const [tried, setTried] = useState<ServiceJob>();
  const [ended, setEnded] = useState<ServiceJob>();
  const form = useRef<HTMLFormElement>(null);
  const plan = useAction(async () => {
    setTried(undefined);
    setEnded(undefined);
    setTried(await send(values, true));
  });
  const carryOut = useAction(async () => go(jobHref((await send(values, false)).id)));
  const problem = carryOut.problem ?? plan.problem;
  useEffect(() => {
    if (problem !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [problem]);
  const change = (changes: Partial<RegistryValues>) => {
    setValues((former) => ({ ...former, ...changes }));
    setTried(undefined);
    setEnded(undefined);
  };
  const isPlanned = ended !== undefined && ended.result !== null && ['ok', 'differs'].includes(ended.result);
  return (
    <form
      ref={form}
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        carryOut.forget();
        void plan.run();
      }}
    >
      <RegistryFields values={values} onChange={change} hosts={hosts} isNew={isNew} problem={problem} />
      <RegistryStorageFields values={values} onChange={change} problem={problem} />
      <ProblemNote problem={problem} />
      <p class="actions">
        <button type="submit" class={isPlanned ? '' : 'primary'} disabled={plan.isBusy}>
          {t('plan.make')}
        </button>
        {isPlanned && (
          <button type="button" class="primary" disabled={carryOut.isBusy} onClick={() => void carryOut.run()}>
            {t(isNew ? 'registry.make' : 'registry.carry-out')}
          </button>
        )}
      </p>
      {tried !== undefined && <TriedJob key={tried.id} job={tried} onEnd={setEnded} />}
    </form>
  );
}
