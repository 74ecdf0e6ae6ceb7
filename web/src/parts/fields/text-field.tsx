import type { InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { CodeText } from '../code-text.js';

interface TextFieldProps
  extends Pick<
    InputHTMLAttributes,
    | 'name'
    | 'type'
    | 'required'
    | 'autocomplete'
    | 'autocapitalize'
    | 'placeholder'
    | 'pattern'
    | 'minLength'
    | 'maxLength'
    | 'min'
    | 'max'
    | 'disabled'
    | 'autofocus'
    | 'list'
  > {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Words below it: what it takes. */
  readonly hint?: string | undefined;
  /** Error of the value; undefined: there is none. */
  readonly error?: string | undefined;
  /** Lines; more than one makes it a text of several lines. */
  readonly rows?: number;
}

/** Field of a text with its label, what it takes, and what is wrong with it. */
export function TextField({ label, value, onValue, hint, error, rows, ...input }: TextFieldProps) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  const shared = {
    id,
    value,
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : true,
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows === undefined || rows < 2 ? (
        <input
          type="text"
          spellcheck={false}
          {...input}
          {...shared}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      ) : (
        <textarea
          name={input.name}
          required={input.required}
          maxLength={input.maxLength}
          rows={rows}
          {...shared}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
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
