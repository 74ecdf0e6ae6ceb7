import { useState } from 'preact/hooks';
import type { MessageKey } from '../../kernel/catalogue.js';
import { usePlace } from '../../kernel/place.js';
import { Choice } from '../fields/choice.js';
import { TextField } from '../fields/text-field.js';

const spans = ['30', '90', '365', 'never', 'date'] as const;
type Span = (typeof spans)[number];

const day = 86_400_000;

interface ExpiryFieldProps {
  readonly label: string;
  /** Takes the time, RFC 3339; null: never. */
  readonly onValue: (at: string | null) => void;
  readonly first?: Span;
  readonly error?: string | undefined;
}

/** Returns the end of so many days from now. */
export function daysFromNow(days: number): string {
  return new Date(Date.now() + days * day).toISOString();
}

/** Returns the end of a day (UTC) as the API takes it; null for none. */
export function endOfDay(date: string): string | null {
  return date === '' ? null : `${date}T23:59:59Z`;
}

/** Field of when something expires: after some days, at a date, or never. */
export function ExpiryField({ label, onValue, first = '90', error }: ExpiryFieldProps) {
  const { t } = usePlace();
  const [span, setSpan] = useState<Span>(first);
  const [date, setDate] = useState('');
  const words: Readonly<Record<Span, MessageKey>> = {
    '30': 'settings.days',
    '90': 'settings.days',
    '365': 'settings.days',
    never: 'settings.never',
    date: 'settings.at-date',
  };
  return (
    <>
      <Choice
        label={label}
        name="expires"
        value={span}
        options={spans.map((value) => ({ value, label: t(words[value], { n: Number(value) }) }))}
        error={span === 'date' ? undefined : error}
        onValue={(value) => {
          setSpan(value);
          onValue(value === 'never' ? null : value === 'date' ? endOfDay(date) : daysFromNow(Number(value)));
        }}
      />
      {span === 'date' && (
        <TextField
          label={t('settings.last-day')}
          name="expires-at"
          type="date"
          value={date}
          error={error}
          required
          onValue={(value) => {
            setDate(value);
            onValue(endOfDay(value));
          }}
        />
      )}
    </>
  );
}
