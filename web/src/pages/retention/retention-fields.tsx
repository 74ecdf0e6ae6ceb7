import type { ApiProblem } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../../parts/fields/check.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import type { RetentionValues } from './retention-values.js';

interface RetentionFieldsProps {
  readonly values: RetentionValues;
  readonly onChange: (changes: Partial<RetentionValues>) => void;
  readonly problem: ApiProblem | undefined;
  readonly at?: string;
}

/** Fields of the rules of the tags that stay. */
export function RetentionFields({ values, onChange, problem, at = '/retention' }: RetentionFieldsProps) {
  const { t } = usePlace();
  const ofAll = problem?.errors.find(({ pointer }) => pointer === at)?.detail;
  return (
    <fieldset>
      <legend>{t('retention.rules')}</legend>
      <p class="hint">{t('retention.rules.hint')}</p>
      <TextField
        label={t('retention.newest')}
        name="newest"
        value={values.newest}
        onValue={(newest) => onChange({ newest })}
        hint={t('retention.newest.hint')}
        error={errorAt(problem, `${at}/newest`) ?? ofAll}
      />
      <TextField
        label={t('retention.younger')}
        name="days"
        value={values.youngerThan}
        onValue={(youngerThan) => onChange({ youngerThan })}
        hint={t('retention.younger.hint')}
        error={errorAt(problem, `${at}/youngerThan`)}
      />
      <TextField
        label={t('retention.keep')}
        name="keep"
        value={values.keep}
        onValue={(keep) => onChange({ keep })}
        hint={t('retention.keep.hint')}
        error={errorAt(problem, `${at}/keep`)}
        rows={3}
      />
      <TextField
        label={t('retention.deny')}
        name="deny"
        value={values.deny}
        onValue={(deny) => onChange({ deny })}
        hint={t('retention.deny.hint')}
        error={errorAt(problem, `${at}/deny`)}
        rows={3}
      />
      <Check
        label={t('retention.allow-empty')}
        name="allowEmpty"
        isChecked={values.allowEmpty}
        onChange={(allowEmpty) => onChange({ allowEmpty })}
        hint={t('retention.allow-empty.hint')}
      />
    </fieldset>
  );
}
