import { useId } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../../parts/fields/choice.js';
import { FilterForm, FilterText } from '../../parts/lists/filter-form.js';

/** Verbs that the service writes down most. Any other can be typed. */
const verbs = [
  'login',
  'session.end',
  'setup',
  'user.create',
  'user.change',
  'user.delete',
  'token.create',
  'token.revoke',
  'grant.create',
  'grant.delete',
  'visibility.set',
  'tag.delete',
  'image.delete',
  'repository.delete',
  'job.create',
] as const;

/** Fields that narrow the audit. */
export function AuditFilters({ query }: { readonly query: URLSearchParams }) {
  const { t } = usePlace();
  const outcomes = ['done', 'refused', 'failed'] as const;
  return (
    <FilterForm label={t('audit.filter')}>
      <FilterText label={t('audit.actor')} name="actor" value={query.get('actor')} />
      <FilterText label={t('audit.verb')} name="verb" value={query.get('verb')} list={verbs} />
      <FilterText label={t('audit.object')} name="object" value={query.get('object')} />
      <Choice
        label={t('audit.outcome')}
        name="outcome"
        value={query.get('outcome') ?? ''}
        options={[
          { value: '', label: t('audit.any-outcome') },
          ...outcomes.map((value) => ({ value: value as string, label: t(`audit.outcome.${value}`) })),
        ]}
      />
      <DateFilter label={t('audit.since')} name="since" value={query.get('since')} />
      <DateFilter label={t('audit.until')} name="until" value={query.get('until')} />
    </FilterForm>
  );
}

interface DateFilterProps {
  readonly label: string;
  readonly name: string;
  readonly value: string | null;
}

function DateFilter({ label, name, value }: DateFilterProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="date" name={name} defaultValue={value ?? ''} />
    </div>
  );
}
