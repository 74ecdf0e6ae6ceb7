import type { NewServiceRobot, ServiceRobot } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { endOfDay } from '../../../parts/forms/expiry-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Makes a robot: of a namespace that the reader owns, or any for administrators. */
export function NewRobotForm({ namespaces }: { readonly namespaces: readonly string[] }) {
  const { t, api, go, session } = usePlace();
  const prefix = session?.admin === true ? '' : `${namespaces[0] ?? ''}+`;
  const form = useForm({ name: prefix, description: '', expires: '' }, async (values) => {
    const body: NewServiceRobot = {
      name: values.name.trim(),
      description: values.description,
      ...(values.expires === '' ? {} : { expiresAt: endOfDay(values.expires) }),
    };
    const { name } = await api.send<ServiceRobot>('POST', '/api/v1/robots', body);
    go(`/access/robots/${encodeURIComponent(name)}`);
  });
  return (
    <form method="post" class="panel" onSubmit={form.onSubmit} aria-label={t('access.new-robot')}>
      <h2>{t('access.new-robot')}</h2>
      <TextField
        {...form.text('name')}
        label={t('settings.name')}
        hint={t('access.robot-name.hint')}
        required
        autocomplete="off"
        autocapitalize="none"
      />
      <TextField {...form.text('description')} label={t('settings.description')} maxLength={200} autocomplete="off" />
      <TextField
        {...form.text('expires', '/expiresAt')}
        label={t('settings.last-day')}
        type="date"
        hint={t('settings.last-day.hint')}
      />
      <ProblemNote problem={form.problem} />
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('access.make-robot')}
        </button>
      </p>
    </form>
  );
}
