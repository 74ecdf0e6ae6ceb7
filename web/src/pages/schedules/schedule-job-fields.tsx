import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { ApiProblem } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { registryKindsOfJobs, runKinds } from '../jobs/job-kinds.js';
import { RunFields } from '../jobs/options/run-fields.js';
import { UpkeepFields } from '../jobs/options/upkeep-fields.js';
import { VariableFields } from '../jobs/options/variable-fields.js';
import { RetentionFields } from '../retention/retention-fields.js';
import { type ScheduleValues, scheduledKinds } from './schedule-values.js';

interface ScheduleJobFieldsProps {
  readonly values: ScheduleValues;
  readonly onChange: (changes: Partial<ScheduleValues>) => void;
  readonly registries: readonly ServiceRegistry[];
  readonly problem: ApiProblem | undefined;
}

/** Fields of the job that a schedule adds. */
export function ScheduleJobFields({ values, onChange, registries, problem }: ScheduleJobFieldsProps) {
  const { t } = usePlace();
  const { kind, run } = values;
  return (
    <fieldset>
      <legend>{t('schedule.job')}</legend>
      <Choice
        label={t('job.kind')}
        value={kind}
        options={scheduledKinds.map((value) => ({ value, label: t(`job.kind.${value}`) }))}
        onValue={(value) => onChange({ kind: value })}
        hint={t(`job.kind.${kind}.hint`)}
        error={errorAt(problem, '/job/kind')}
      />
      {runKinds.includes(kind) && (
        <>
          <RunFields
            kind={kind}
            values={run}
            onValues={(value) => onChange({ run: value })}
            problem={problem}
            at="/job"
          />
          <VariableFields
            values={run.variables}
            onValues={(variables) => onChange({ run: { ...run, variables } })}
            problem={problem}
            at="/job"
          />
          <p class="hint">{t('schedule.no-secrets')}</p>
        </>
      )}
      {(kind === 'publish' || kind === 'upload') && (
        <TextField
          label={t('publication.one')}
          value={values.publication}
          onValue={(publication) => onChange({ publication })}
          hint={t('publication.one.hint')}
          error={errorAt(problem, '/job/publication')}
        />
      )}
      {registryKindsOfJobs.includes(kind) && (
        <UpkeepFields
          kind={kind}
          registries={registries}
          registry={values.registry}
          onRegistry={(registry) => onChange({ registry })}
          deleteUntagged={values.deleteUntagged}
          onDeleteUntagged={(deleteUntagged) => onChange({ deleteUntagged })}
          problem={problem}
          at="/job"
        />
      )}
      {kind === 'retain' && (
        <RetentionFields
          values={values.retention}
          onChange={(changes) => onChange({ retention: { ...values.retention, ...changes } })}
          problem={problem}
          at="/job/retention"
        />
      )}
    </fieldset>
  );
}
