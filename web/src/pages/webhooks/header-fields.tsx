import { usePlace } from '../../kernel/place.js';
import { TextField } from '../../parts/fields/text-field.js';

/** Header that is sent with each message. */
export interface GivenHeader {
  readonly name: string;
  readonly value: string;
  /** It is there already: its value is not shown, and stays unless another is given. */
  readonly isKept: boolean;
}

/** Returns the headers as a request has them: null takes away one that was there. */
export function headersBody(
  headers: readonly GivenHeader[],
  former: readonly string[],
): Readonly<Record<string, string | null>> {
  const gone = former.filter((name) => !headers.some((header) => header.name === name));
  const given = headers.filter(({ name, value, isKept }) => name !== '' && !(isKept && value === ''));
  return Object.fromEntries([
    ...gone.map((name) => [name, null] as const),
    ...given.map(({ name, value }) => [name.trim(), value] as const),
  ]);
}

interface HeaderFieldsProps {
  readonly headers: readonly GivenHeader[];
  readonly onHeaders: (headers: readonly GivenHeader[]) => void;
  readonly errorAt: (pointer: string) => string | undefined;
}

/** Fields of the headers that are sent as well. */
export function HeaderFields({ headers, onHeaders, errorAt }: HeaderFieldsProps) {
  const { t } = usePlace();
  const change = (index: number, next: Partial<GivenHeader>) =>
    onHeaders(headers.map((header, at) => (at === index ? { ...header, ...next } : header)));
  return (
    <fieldset>
      <legend>{t('webhooks.headers')}</legend>
      <p class="hint">{t('webhooks.headers.hint')}</p>
      {headers.map((header, index) => (
        <div key={index} class="fields">
          {header.isKept ? (
            <p class="kept">
              <code>{header.name}</code>
            </p>
          ) : (
            <TextField
              label={t('webhooks.header-name')}
              name={`header-${index}`}
              value={header.name}
              onValue={(name) => change(index, { name })}
              error={errorAt(`/headers/${header.name}`)}
              placeholder="Authorization"
              autocomplete="off"
            />
          )}
          <TextField
            label={header.isKept ? t('webhooks.header-new-value', { name: header.name }) : t('webhooks.header-value')}
            name={`value-${index}`}
            type="password"
            value={header.value}
            onValue={(value) => change(index, { value })}
            autocomplete="off"
          />
          <button type="button" onClick={() => onHeaders(headers.filter((_, at) => at !== index))}>
            {t('settings.remove')} <span class="visually-hidden">{header.name}</span>
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onHeaders([...headers, { name: '', value: '', isKept: false }])}>
        {t('webhooks.add-header')}
      </button>
    </fieldset>
  );
}
