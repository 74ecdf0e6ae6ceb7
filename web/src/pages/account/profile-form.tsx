import type { ServiceUser } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** Shows the own account, and changes its name and address. A directory's are changed there. */
export function ProfileForm({ user }: { readonly user: ServiceUser }) {
  const { t, api, reload, say } = usePlace();
  const form = useForm({ fullName: user.fullName, email: user.email }, async (values) => {
    await api.send('PATCH', apiPath`/api/v1/users/${user.name}`, values);
    await reload();
    say(t('settings.saved'));
  });
  return (
    <section>
      <h2>{t('account.profile')}</h2>
      {user.source === 'local' ? (
        <form method="post" onSubmit={form.onSubmit}>
          <TextField {...form.text('fullName')} label={t('settings.full-name')} autocomplete="name" maxLength={200} />
          <TextField {...form.text('email')} label={t('settings.email')} type="email" autocomplete="email" />
          <ProblemNote problem={form.problem} />
          <p class="actions">
            <button type="submit" class="primary" disabled={form.isBusy}>
              {t('settings.save')}
            </button>
          </p>
        </form>
      ) : (
        <>
          <p>{t('account.from-directory')}</p>
          <dl class="facts">
            <dt>{t('settings.full-name')}</dt>
            <dd>{user.fullName}</dd>
            <dt>{t('settings.email')}</dt>
            <dd>{user.email}</dd>
          </dl>
        </>
      )}
      <dl class="facts after-form">
        <dt>{t('settings.last-login')}</dt>
        <dd>
          <Age at={user.lastLoginAt} />
        </dd>
        <dt>{t('settings.expires')}</dt>
        <dd>
          <Age at={user.expiresAt} never={t('settings.never')} />
        </dd>
      </dl>
    </section>
  );
}
