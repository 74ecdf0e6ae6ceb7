import { useState } from 'preact/hooks';
import type { NewServiceJob, ServiceJob, ServiceRegistry } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useAction } from '../../parts/forms/use-action.js';
import { jobHref } from '../../parts/jobs/work-references.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { type JobKind, jobKinds, runKinds, triedKinds } from './job-kinds.js';
import { RunFields } from './options/run-fields.js';
import { runBody, runValues } from './options/run-values.js';
import { UpkeepFields } from './options/upkeep-fields.js';
import { VariableFields } from './options/variable-fields.js';
import { TriedJob } from './tried-job.js';

interface NewJobFormProps {
  readonly registries: readonly ServiceRegistry[];
  readonly query: URLSearchParams;
}

/** Form of a job. It is tried first, where that can be; what is in its fields stays for the run. */
export function NewJobForm({ registries, query }: NewJobFormProps) {
  const { t, api, go } = usePlace();
  const [kind, setKind] = useState<JobKind>(jobKinds.find((each) => each === query.get('kind')) ?? 'provision');
  const [run, setRun] = useState(runValues({ limit: query.get('limit') ?? '' }));
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const [registry, setRegistry] = useState(query.get('registry') ?? '');
  const [deleteUntagged, setDeleteUntagged] = useState(false);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState<ServiceJob>();
  const isRun = runKinds.includes(kind);
  const body = (): NewServiceJob => ({
    kind,
    reason,
    ...(isRun ? { ...runBody(run, t), secrets: given(secrets) } : kind === 'backup' ? {} : { registry }),
    ...(kind === 'gc' ? { deleteUntagged } : {}),
  });
  const start = useAction(async () => {
    const job = await api.send<ServiceJob>('POST', '/api/v1/jobs', body());
    go(jobHref(job.id));
  });
  const attempt = useAction(async () => {
    setTried(undefined);
    setTried(await api.send<ServiceJob>('POST', '/api/v1/jobs?dryRun=true', body()));
  });
  const problem = start.problem ?? attempt.problem;
  const forget = () => {
    start.forget();
    attempt.forget();
  };
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        forget();
        void start.run();
      }}
    >
      <Choice
        label={t('job.kind')}
        value={kind}
        options={jobKinds
          .filter((each) => each !== 'retain')
          .map((value) => ({ value, label: t(`job.kind.${value}`) }))}
        onValue={setKind}
        hint={t(`job.kind.${kind}.hint`)}
        error={errorAt(problem, '/kind')}
      />
      {isRun ? (
        <>
          <RunFields kind={kind} values={run} onValues={setRun} problem={problem} />
          <VariableFields
            values={run.variables}
            onValues={(variables) => setRun({ ...run, variables })}
            secrets={secrets}
            onSecrets={setSecrets}
            problem={problem}
          />
        </>
      ) : (
        kind !== 'backup' && (
          <UpkeepFields
            kind={kind}
            registries={registries}
            registry={registry}
            onRegistry={setRegistry}
            deleteUntagged={deleteUntagged}
            onDeleteUntagged={setDeleteUntagged}
            problem={problem}
          />
        )
      )}
      <TextField label={t('job.reason')} name="reason" value={reason} onValue={setReason} hint={t('job.reason.hint')} />
      <p>
        <a href="/retention">{t('jobs.to-retention')}</a>
      </p>
      <ProblemNote problem={problem} />
      <p class="actions">
        {triedKinds.includes(kind) && (
          <button
            type="button"
            class="primary"
            disabled={attempt.isBusy}
            onClick={() => {
              forget();
              void attempt.run();
            }}
          >
            {t('jobs.try')}
          </button>
        )}
        <button type="submit" class={triedKinds.includes(kind) ? '' : 'primary'} disabled={start.isBusy}>
          {t('jobs.start')}
        </button>
      </p>
      {tried !== undefined && <TriedJob key={tried.id} job={tried} />}
    </form>
  );
}

/** Returns what has a text. */
function given(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
