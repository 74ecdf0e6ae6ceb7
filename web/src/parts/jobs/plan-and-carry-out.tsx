import { useState } from 'preact/hooks';
import type { ServiceJob, ServicePlan } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../fields/check.js';
import { useAction } from '../forms/use-action.js';
import { ProblemNote } from '../problem-note.js';
import { JobProgress } from './job-progress.js';
import { PlanView } from './plan-view.js';

/** Mends what differs in two presses: the first makes the plan, the second carries out just that. */
export function PlanAndCarryOut({ path }: { /** Path of the API that makes the plan. */ readonly path: string }) {
  const { t, api, reload } = usePlace();
  const [force, setForce] = useState(false);
  const [update, setUpdate] = useState(false);
  const [prune, setPrune] = useState(false);
  const [check, setCheck] = useState<ServiceJob>();
  const [ended, setEnded] = useState<ServiceJob>();
  const [plan, setPlan] = useState<ServicePlan>();
  const [run, setRun] = useState<ServiceJob>();
  const make = useAction(async () => {
    setPlan(undefined);
    setRun(undefined);
    setEnded(undefined);
    setCheck(await api.send<ServiceJob>('POST', path, { force, update, prune }));
  });
  const read = useAction(async (job: ServiceJob) => {
    setEnded(job);
    setPlan(await api.get<ServicePlan>(apiPath`/api/v1/jobs/${job.id}/plan`));
  });
  const carryOut = useAction(async (job: ServiceJob) => {
    setRun(await api.send<ServiceJob>('POST', apiPath`/api/v1/jobs/${job.id}/approve`));
  });
  const isRunning = (check !== undefined && ended === undefined) || make.isBusy;
  return (
    <div class="mend">
      <fieldset>
        <legend>{t('plan.options')}</legend>
        <Check label={t('run.update')} isChecked={update} onChange={setUpdate} hint={t('run.update.hint')} />
        <Check label={t('run.force')} isChecked={force} onChange={setForce} hint={t('run.force.hint')} />
        <Check label={t('run.prune')} isChecked={prune} onChange={setPrune} hint={t('run.prune.hint')} />
      </fieldset>
      <p class="actions">
        <button
          type="button"
          class={plan === undefined ? 'primary' : ''}
          disabled={isRunning}
          onClick={() => void make.run()}
        >
          {t(plan === undefined ? 'plan.make' : 'plan.make-again')}
        </button>
      </p>
      <ProblemNote problem={make.problem ?? read.problem} />
      {check !== undefined && <JobProgress key={check.id} job={check} onEnd={(job) => void read.run(job)} />}
      {plan !== undefined && (
        <>
          <PlanView plan={plan} />
          <ProblemNote problem={carryOut.problem} />
          {ended?.canApprove === true && run === undefined && (
            <p class="actions">
              <button type="button" class="primary" disabled={carryOut.isBusy} onClick={() => void carryOut.run(ended)}>
                {t('plan.carry-out')}
              </button>
              <span class="muted">{t('plan.carry-out.hint')}</span>
            </p>
          )}
        </>
      )}
      {run !== undefined && <JobProgress key={run.id} job={run} onEnd={() => void reload()} />}
    </div>
  );
}
