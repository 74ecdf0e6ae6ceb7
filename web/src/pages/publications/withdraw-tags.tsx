import { useState } from 'preact/hooks';
import type { ServiceJob, ServicePublication } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../../parts/fields/check.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { Confirm } from '../../parts/forms/confirm.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { TriedJob } from '../jobs/tried-job.js';

/** Tags for which there are boxes; names of more are written. */
const mostBoxes = 50;

/** Offers to withdraw tags of an application, or all of it: tried first, and never without a word. */
export function WithdrawTags({ publication }: { readonly publication: ServicePublication }) {
  const { t, api, reload } = usePlace();
  const { vendor, app, name, tags, state } = publication;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setAll] = useState(false);
  const [wait, setWait] = useState('300');
  const [isAsking, setAsking] = useState(false);
  const [job, setJob] = useState<ServiceJob>();
  const named = [...chosen].map((tag) => tag.trim()).filter((tag) => tag !== '');
  const withdraw = async (query: '' | '?dryRun=true') => {
    setJob(undefined);
    const which = isAll ? { all: true } : { tags: named };
    const body = { kind: 'withdraw', publication: { vendor, app, ...which, wait: Number(wait) } };
    setJob(await api.send<ServiceJob>('POST', `/api/v1/jobs${query}`, body));
  };
  const attempt = useAction(async () => await withdraw('?dryRun=true'));
  const run = useAction(async () => {
    await withdraw('');
    setChosen(new Set());
    setAll(false);
  });
  const tried = job !== undefined && <TriedJob key={job.id} job={job} onEnd={() => void reload()} />;
  if (state === 'unpublished') return <>{tried}</>;
  const isNothing = !isAll && named.length === 0;
  const boxes = tags !== null && tags.length <= mostBoxes ? tags : undefined;
  return (
    <fieldset>
      <legend>{t('publication.withdraw.which')}</legend>
      <Check label={t('publication.withdraw.all')} isChecked={isAll} onChange={setAll} />
      {!isAll &&
        boxes?.map((tag) => (
          <Check
            key={tag}
            label={tag}
            isChecked={chosen.has(tag)}
            onChange={(isChosen) =>
              setChosen(new Set(isChosen ? [...chosen, tag] : [...chosen].filter((each) => each !== tag)))
            }
          />
        ))}
      {!isAll && boxes === undefined && (
        <TextField
          label={t('publication.withdraw.names')}
          value={[...chosen].join('\n')}
          onValue={(text) => setChosen(new Set(text.split('\n')))}
          rows={4}
        />
      )}
      <TextField
        label={t('publication.withdraw.wait')}
        type="number"
        min="0"
        max="86400"
        value={wait}
        onValue={setWait}
        hint={t('publication.withdraw.wait.hint')}
        error={errorAt(attempt.problem ?? run.problem, '/publication/wait')}
      />
      <p class="actions">
        <button type="button" disabled={attempt.isBusy || isNothing} onClick={() => void attempt.run()}>
          {t('publication.try')}
        </button>
        <button type="button" class="danger" disabled={isNothing} onClick={() => setAsking(true)}>
          {t('publication.withdraw')}
        </button>
        {isNothing && <span class="muted">{t('publication.withdraw.none')}</span>}
      </p>
      <ProblemNote problem={attempt.problem} />
      {tried}
      <Confirm
        title={t('publication.withdraw')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action={run}
        confirm={t('publication.withdraw')}
        isDangerous
      >
        <p>
          {isAll
            ? t('publication.withdraw.confirm.all', { name })
            : t('publication.withdraw.confirm', { name, tags: named.join(', ') })}
        </p>
      </Confirm>
    </fieldset>
  );
}
