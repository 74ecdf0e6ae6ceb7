import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';

interface OwnVariablesProps {
  readonly title: string;
  readonly hint: string;
  readonly values: Readonly<Record<string, string>>;
  readonly onValues: (values: Readonly<Record<string, string>>) => void;
  readonly isSecret?: boolean;
  readonly error?: string | undefined;
  /** Names that have fields elsewhere. */
  readonly without: ReadonlySet<string>;
}

/** Variables by names that the reader gives. */
export function OwnVariables({ title, hint, values, onValues, isSecret, error, without }: OwnVariablesProps) {
  const { t } = usePlace();
  const [name, setName] = useState('');
  const own = Object.entries(values).filter(([each]) => !without.has(each));
  const add = () => {
    if (name.trim() === '' || name.trim() in values) return;
    onValues({ ...values, [name.trim()]: '' });
    setName('');
  };
  return (
    <fieldset>
      <legend>{title}</legend>
      <p class="hint">{hint}</p>
      {own.map(([each, value]) => (
        <div key={each} class="own-variable">
          <TextField
            label={each}
            type={isSecret === true ? 'password' : 'text'}
            autocomplete="off"
            value={value}
            onValue={(text) => onValues({ ...values, [each]: text })}
          />
          <button
            type="button"
            class="quiet"
            onClick={() => onValues(Object.fromEntries(Object.entries(values).filter(([key]) => key !== each)))}
          >
            {t('work.take-away')} <span class="visually-hidden">{each}</span>
          </button>
        </div>
      ))}
      <div class="own-variable">
        <TextField
          label={t(isSecret === true ? 'run.secret.name' : 'run.variable.name')}
          value={name}
          onValue={setName}
          autocomplete="off"
          error={error}
        />
        <button type="button" onClick={add}>
          {t('work.add')}
        </button>
      </div>
    </fieldset>
  );
}
