import type { ApiProblem } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { Choice } from '../../../parts/fields/choice.js';
import { errorAt } from '../../../parts/fields/field-errors.js';
import { TextField } from '../../../parts/fields/text-field.js';
import type { RunValues } from './run-values.js';

interface RunFieldsProps {
  readonly kind: string;
  readonly values: RunValues;
  readonly onValues: (values: RunValues) => void;
  readonly problem: ApiProblem | undefined;
  /** Place of the options in the request: empty, or `/job`. */
  readonly at?: string;
}

/** Fields of the options of a run on hosts. */
export function RunFields({ kind, values, onValues, problem, at = '' }: RunFieldsProps) {
  const { t } = usePlace();
  const set = (changes: Partial<RunValues>) => onValues({ ...values, ...changes });
  return (
    <>
      <TextField
        label={t('run.limit')}
        name="limit"
        value={values.limit}
        onValue={(limit) => set({ limit })}
        hint={t('run.limit.hint')}
        error={errorAt(problem, `${at}/limit`)}
      />
      <TextField
        label={t('run.tags')}
        name="tags"
        value={values.tags}
        onValue={(tags) => set({ tags })}
        hint={t('run.tags.hint')}
        error={errorAt(problem, `${at}/tags`)}
      />
      <TextField
        label={t('run.skip-tags')}
        name="skipTags"
        value={values.skipTags}
        onValue={(skipTags) => set({ skipTags })}
        error={errorAt(problem, `${at}/skipTags`)}
      />
      <Check
        label={t('run.update')}
        isChecked={values.update}
        onChange={(update) => set({ update })}
        hint={t('run.update.hint')}
      />
      <Check
        label={t('run.force')}
        isChecked={values.force}
        onChange={(force) => set({ force })}
        hint={t('run.force.hint')}
      />
      <Check
        label={t('run.prune')}
        isChecked={values.prune}
        onChange={(prune) => set({ prune })}
        hint={t('run.prune.hint')}
      />
      {kind !== 'sync' && (
        <Choice
          label={t('run.sync')}
          value={values.sync}
          options={[
            { value: '', label: t('run.sync.roles') },
            { value: 'yes', label: t('work.yes') },
            { value: 'no', label: t('work.no') },
          ]}
          onValue={(sync) => set({ sync })}
          error={errorAt(problem, `${at}/sync`)}
        />
      )}
      <TextField
        label={t('run.forks')}
        name="forks"
        value={values.forks}
        onValue={(forks) => set({ forks })}
        hint={t('run.forks.hint')}
        error={errorAt(problem, `${at}/forks`)}
      />
    </>
  );
}
