import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';

interface FilterFormProps {
  readonly label: string;
  /** Values of the address that stay as they are. */
  readonly keeps?: readonly string[];
  readonly children: ComponentChildren;
}

/** Form that asks for another view of the page: it is in the address, and works without a script. */
export function FilterForm({ label, keeps = [], children }: FilterFormProps) {
  const { t, url } = usePlace();
  const [path = '/', query = ''] = url.split('?');
  const values = new URLSearchParams(query);
  return (
    <search>
      <form class="filters" method="get" action={path} aria-label={label}>
        {keeps.map((name) => {
          const value = values.get(name);
          return value === null ? null : <input key={name} type="hidden" name={name} value={value} />;
        })}
        {children}
        <button type="submit">{t('filter.submit')}</button>
      </form>
    </search>
  );
}

interface FilterTextProps {
  readonly label: string;
  readonly name: string;
  readonly value: string | null;
  readonly placeholder?: string;
  readonly list?: readonly string[];
}

/** Text field of such a form. */
export function FilterText({ label, name, value, placeholder, list }: FilterTextProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // The address decides when it changes; until then, what is typed stays.
  useEffect(() => {
    if (input.current !== null) input.current.value = value ?? '';
  }, [value]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type="search"
        name={name}
        defaultValue={value ?? ''}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        list={list === undefined ? undefined : `${id}-list`}
      />
      {list !== undefined && (
        <datalist id={`${id}-list`}>
          {list.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </div>
  );
}

/** Switch of such a form: its value is `on`. */
export function FilterCheck({ label, name, value }: Pick<FilterTextProps, 'label' | 'name' | 'value'>) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current !== null) input.current.checked = value === 'on';
  }, [value]);
  return (
    <div class="field field-check">
      <input ref={input} id={id} type="checkbox" name={name} defaultChecked={value === 'on'} />
      <label for={id}>{label}</label>
    </div>
  );
}
