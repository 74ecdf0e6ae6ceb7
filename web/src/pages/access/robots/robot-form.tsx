import type { ServiceRobot, ServiceRobotChanges } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { endOfDay } from '../../../parts/forms/expiry-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Changes a robot, closes it, deletes it. */
export function RobotForm({ robot }: { readonly robot: ServiceRobot }) {
  const { t, api, reload, go, say } = usePlace();
  const { name } = robot;
  const path = apiPath`/api/v1/robots/${name}`;
  const first = {
    description: robot.description,
    expires: robot.expiresAt?.slice(0, 10) ?? '',
    disabled: robot.disabled,
  };
  const form = useForm(first, async ({ description, expires, disabled }) => {
    const changes: ServiceRobotChanges = {
      description,
      disabled,
      ...(expires === first.expires ? {} : { expiresAt: endOfDay(expires) }),
    };
    await api.send('PATCH', path, changes);
    await reload();
    say(t('settings.saved'));
  });
  return (
    <section>
      <h2>{t('settings.change')}</h2>
      <form method="post" class="narrow" onSubmit={form.onSubmit}>
        <TextField {...form.text('description')} label={t('settings.description')} maxLength={200} autocomplete="off" />
        <TextField
          {...form.text('expires', '/expiresAt')}
          label={t('settings.last-day')}
          type="date"
          hint={t('settings.last-day.hint')}
        />
        <Check {...form.check('disabled')} label={t('settings.disabled')} hint={t('access.disable-text')} />
        <ProblemNote problem={form.problem} />
        <p class="actions">
          <button type="submit" class="primary" disabled={form.isBusy}>
            {t('settings.save')}
          </button>
        </p>
      </form>
      <h2>{t('settings.delete')}</h2>
      <p>{t('access.delete-robot-text')}</p>
      <ConfirmButton
        label={t('access.delete-robot')}
        title={t('access.delete-title', { name })}
        done={t('settings.deleted')}
        typed={name}
        work={async () => {
          await api.send('DELETE', path);
          go('/access/robots');
        }}
      >
        <p>{t('access.delete-robot-text')}</p>
      </ConfirmButton>
    </section>
  );
}
