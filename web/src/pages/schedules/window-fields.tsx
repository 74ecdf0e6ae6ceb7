import type { ApiProblem } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../../parts/fields/check.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { type ScheduleValues, weekdays } from './schedule-values.js';

interface WindowFieldsProps {
  readonly values: ScheduleValues;
  readonly onChange: (changes: Partial<ScheduleValues>) => void;
  readonly problem: ApiProblem | undefined;
}

/** Fields of the time in which jobs may start. */
export function WindowFields({ values, onChange, problem }: WindowFieldsProps) {
  const { t } = usePlace();
  const { hasWindow, days } = values;
  const error = errorAt(problem, '/window/days');
  return (
    <fieldset>
      <legend>{t('schedule.window')}</legend>
      <Check
        label={t('schedule.window.has')}
        isChecked={hasWindow}
        onChange={(is) => onChange({ hasWindow: is })}
        hint={t('schedule.window.hint')}
      />
      {hasWindow && (
        <>
          <div class="weekdays">
            {weekdays.map((day) => (
              <Check
                key={day}
                label={t(`schedule.day.${day}`)}
                isChecked={days.includes(day)}
                onChange={(is) => onChange({ days: is ? [...days, day] : days.filter((each) => each !== day) })}
              />
            ))}
          </div>
          {error !== undefined && <small class="field-error">{error}</small>}
          <TextField
            label={t('schedule.window.from')}
            type="time"
            value={values.from}
            onValue={(from) => onChange({ from })}
            error={errorAt(problem, '/window/from')}
          />
          <TextField
            label={t('schedule.window.to')}
            type="time"
            value={values.to}
            onValue={(to) => onChange({ to })}
            hint={t('schedule.window.to.hint')}
            error={errorAt(problem, '/window/to')}
          />
        </>
      )}
    </fieldset>
  );
}
