import type { ApiProblem } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { Choice } from '../../../parts/fields/choice.js';
import { errorAt } from '../../../parts/fields/field-errors.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { kindText, visibilityText } from '../registry-table.js';
import type { RegistryValues } from './registry-values.js';

interface RegistryFieldsProps {
  readonly values: RegistryValues;
  readonly onChange: (changes: Partial<RegistryValues>) => void;
  readonly hosts: readonly string[];
  readonly isNew: boolean;
  readonly problem: ApiProblem | undefined;
}

/** Fields of a registry, without those of its storage. */
export function RegistryFields({ values, onChange, hosts, isNew, problem }: RegistryFieldsProps) {
  const { t } = usePlace();
  const text = (name: 'name' | 'host' | 'port' | 'version' | 'description' | 'address') => ({
    name,
    value: values[name],
    onValue: (value: string) => onChange({ [name]: value }),
    error: errorAt(problem, `/${name}`),
  });
  const usual = { value: '', label: t('registry.usual') };
  return (
    <>
      {isNew &&
        (hosts.length === 0 ? (
          <TextField label={t('job.host')} {...text('host')} required />
        ) : (
          <Choice
            label={t('job.host')}
            name="host"
            value={values.host}
            options={[{ value: '', label: '–' }, ...hosts.map((value) => ({ value, label: value }))]}
            onValue={(host) => onChange({ host })}
            error={errorAt(problem, '/host')}
          />
        ))}
      {isNew && <TextField label={t('registry.name')} {...text('name')} hint={t('registry.name.hint')} />}
      <TextField label={t('registry.port')} {...text('port')} hint={t('registry.port.hint')} />
      <Choice
        label={t('registry.kind')}
        value={values.kind}
        options={['private', 'sponsor', 'mirror', 'vendor'].map((value) => ({ value, label: kindText(value, t) }))}
        onValue={(kind) => onChange({ kind })}
        error={errorAt(problem, '/kind')}
      />
      <TextField label={t('registry.description')} {...text('description')} />
      <Check
        label={t('registry.read-only.label')}
        isChecked={values.readOnly}
        onChange={(readOnly) => onChange({ readOnly })}
        hint={t('registry.read-only.hint')}
      />
      <Choice
        label={t('registry.delete-allowed')}
        value={values.delete}
        options={[usual, { value: 'yes', label: t('work.yes') }, { value: 'no', label: t('work.no') }]}
        onValue={(value) => onChange({ delete: value === 'yes' || value === 'no' ? value : '' })}
        error={errorAt(problem, '/delete')}
      />
      <Check
        label={t('registry.trusted.label')}
        isChecked={values.trusted}
        onChange={(trusted) => onChange({ trusted })}
        hint={t('registry.trusted.hint')}
      />
      <Choice
        label={t('registry.visibility')}
        value={values.visibility}
        options={[
          usual,
          ...['public', 'internal', 'private'].map((value) => ({ value, label: visibilityText(value, t) })),
        ]}
        onValue={(visibility) => onChange({ visibility })}
        hint={t('registry.visibility.hint')}
        error={errorAt(problem, '/visibility')}
      />
      <TextField label={t('registry.address')} {...text('address')} hint={t('registry.address.hint')} />
      <Choice
        label={t('registry.runtime')}
        value={values.runtime}
        options={[usual, ...['package', 'docker', 'podman', 'embedded'].map((value) => ({ value, label: value }))]}
        onValue={(runtime) => onChange({ runtime })}
        error={errorAt(problem, '/runtime')}
      />
      <TextField label={t('registry.version')} {...text('version')} hint={t('registry.version.hint')} />
      <TextField
        label={t('registry.settings')}
        name="settings"
        value={values.settings}
        onValue={(settings) => onChange({ settings })}
        hint={t('registry.settings.hint')}
        error={errorAt(problem, '/settings')}
        rows={4}
      />
    </>
  );
}
