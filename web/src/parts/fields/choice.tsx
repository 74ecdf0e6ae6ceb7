import { useId } from 'preact/hooks';
import { CodeText } from '../code-text.js';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly name?: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  /** Undefined: it stands in a form that is sent. */
  readonly onValue?: (value: Value) => void;
  readonly hint?: string | undefined;
  /** Error of the value; undefined: there is none. */
  readonly error?: string | undefined;
}

/** Field of a choice with its label. */
export function Choice<Value extends string>({
  label,
  name,
  value,
  options,
  onValue,
  hint,
  error,
}: ChoiceProps<Value>) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        aria-describedby={described === '' ? undefined : described}
        aria-invalid={error === undefined ? undefined : true}
        onChange={({ currentTarget }) => onValue?.(currentTarget.value as Value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <small id={`${id}-hint`} class="hint">
          <CodeText text={hint} />
        </small>
      )}
      {error !== undefined && (
        <small id={`${id}-error`} class="field-error">
          <CodeText text={error} />
        </small>
      )}
    </div>
  );
}
