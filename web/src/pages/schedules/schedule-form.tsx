import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Check } from '../../parts/fields/check.js';
import { errorAt } from '../../parts/fields/field-errors.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { CronPreview } from './cron-preview.js';
import { ScheduleJobFields } from './schedule-job-fields.js';
import type { ScheduleValues } from './schedule-values.js';
import { WindowFields } from './window-fields.js';

interface ScheduleFormProps {
  readonly first: ScheduleValues;
  readonly registries: readonly ServiceRegistry[];
  /** True: it has its name already. */
  readonly isNamed: boolean;
  /** @throws ApiError */
  readonly send: (values: ScheduleValues) => Promise<void>;
}

/** Form of a schedule. */
export function ScheduleForm({ first, registries, isNamed, send }: ScheduleFormProps) {
  const { t } = usePlace();
  const [values, setValues] = useState(first);
  const form = useRef<HTMLFormElement>(null);
  const save = useAction(async () => await send(values));
  const { problem } = save;
  useEffect(() => {
    if (problem !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [problem]);
  const change = (changes: Partial<ScheduleValues>) => setValues((former) => ({ ...former, ...changes }));
  const text = (name: 'name' | 'cron' | 'zone' | 'jitter') => ({
    name,
    value: values[name],
    onValue: (value: string) => change({ [name]: value }),
    error: errorAt(problem, `/${name}`),
  });
  return (
    <form
      ref={form}
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      {!isNamed && <TextField label={t('schedule.name')} {...text('name')} required maxLength={100} />}
      <TextField label={t('schedule.cron')} {...text('cron')} hint={t('schedule.cron.hint')} required />
      <TextField label={t('schedule.zone')} {...text('zone')} hint={t('schedule.zone.hint')} required list="zones" />
      <Zones />
      <CronPreview cron={values.cron} zone={values.zone} />
      <TextField label={t('schedule.jitter')} {...text('jitter')} hint={t('schedule.jitter.hint')} />
      <WindowFields values={values} onChange={change} problem={problem} />
      <Check
        label={t('schedule.catch-up')}
        isChecked={values.catchUp}
        onChange={(catchUp) => change({ catchUp })}
        hint={t('schedule.catch-up.hint')}
      />
      <Check label={t('schedule.enabled')} isChecked={values.enabled} onChange={(enabled) => change({ enabled })} />
      <ScheduleJobFields values={values} onChange={change} registries={registries} problem={problem} />
      <ProblemNote problem={problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={save.isBusy}>
          {t(isNamed ? 'work.save' : 'schedule.make')}
        </button>
      </p>
    </form>
  );
}

/** Names of time zones, where the browser has them. */
function Zones() {
  const [zones, setZones] = useState<readonly string[]>(['UTC']);
  useEffect(() => setZones(['UTC', ...Intl.supportedValuesOf('timeZone')]), []);
  return (
    <datalist id="zones">
      {zones.map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}
