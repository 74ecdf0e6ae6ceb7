import { useId } from 'preact/hooks';
import { CodeText } from '../code-text.js';

/** Field of a yes or no with its label. */
export function Check({
  label,
  isChecked,
  onChange,
  hint,
  name,
}: {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly hint?: string | undefined;
  readonly name?: string;
}) {
  const id = useId();
  return (
    <div class="field field-check">
      <input
        id={id}
        type="checkbox"
        name={name}
        checked={isChecked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <small id={`${id}-hint`} class="hint">
          <CodeText text={hint} />
        </small>
      )}
    </div>
  );
}
