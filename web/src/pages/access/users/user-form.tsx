import type { ServiceUser, ServiceUserChanges } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { endOfDay } from '../../../parts/forms/expiry-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Changes a user. Only what is different is sent: a directory's names stay as they are. */
export function UserForm({ user }: { readonly user: ServiceUser }) {
  const { t, api, reload, say } = usePlace();
  const first = {
    fullName: user.fullName,
    email: user.email,
    expires: user.expiresAt?.slice(0, 10) ?? '',
    admin: user.admin,
    password: '',
  };
  const form = useForm(first, async (values) => {
    const changes: ServiceUserChanges = {
      ...(values.fullName === first.fullName ? {} : { fullName: values.fullName }),
      ...(values.email === first.email ? {} : { email: values.email }),
      ...(values.expires === first.expires ? {} : { expiresAt: endOfDay(values.expires) }),
      ...(values.admin === first.admin ? {} : { admin: values.admin }),
      ...(values.password === '' ? {} : { password: values.password }),
    };
    await api.send('PATCH', apiPath`/api/v1/users/${user.name}`, changes);
    form.set('password', '');
    await reload();
    say(t('settings.saved'));
  });
  const isOwn = user.source === 'local';
  return (
    <section>
      <h2>{t('settings.change')}</h2>
      <form method="post" onSubmit={form.onSubmit}>
        {isOwn && (
          <>
            <TextField {...form.text('fullName')} label={t('settings.full-name')} autocomplete="off" />
            <TextField {...form.text('email')} label={t('settings.email')} type="email" autocomplete="off" />
            <TextField
              {...form.text('password')}
              label={t('account.new-password')}
              type="password"
              hint={t('access.new-password.hint')}
              autocomplete="new-password"
            />
          </>
        )}
        <TextField
          {...form.text('expires', '/expiresAt')}
          label={t('settings.last-day')}
          type="date"
          hint={t('settings.last-day.hint')}
        />
        <Check {...form.check('admin')} label={t('access.administrator')} hint={t('access.admin.hint')} />
        <ProblemNote problem={form.problem} />
        <p class="actions">
          <button type="submit" class="primary" disabled={form.isBusy}>
            {t('settings.save')}
          </button>
        </p>
      </form>
    </section>
  );
}
