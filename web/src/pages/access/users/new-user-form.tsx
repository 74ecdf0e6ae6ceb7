import type { NewServiceUser, ServiceUser } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { endOfDay } from '../../../parts/forms/expiry-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Makes a user: of the service itself, or of a directory before their first login. */
export function NewUserForm({
  directories: { ldap, oidc },
}: {
  readonly directories: { readonly ldap: boolean; readonly oidc: boolean };
}) {
  const { t, api, go } = usePlace();
  const first = {
    name: '',
    source: 'local',
    subject: '',
    password: '',
    fullName: '',
    email: '',
    expires: '',
    admin: false,
  };
  const form = useForm(first, async (values) => {
    const body: NewServiceUser = {
      name: values.name.trim(),
      source: values.source as NonNullable<NewServiceUser['source']>,
      fullName: values.fullName,
      email: values.email.trim(),
      admin: values.admin,
      ...(values.source === 'local' && values.password !== '' ? { password: values.password } : {}),
      ...(values.source === 'oidc' ? { subject: values.subject.trim() } : {}),
      ...(values.expires === '' ? {} : { expiresAt: endOfDay(values.expires) }),
    };
    const { name } = await api.send<ServiceUser>('POST', '/api/v1/users', body);
    go(`/access/users/${encodeURIComponent(name)}`);
  });
  const { source } = form.values;
  const sources = ['local' as const, ...(ldap ? ['ldap' as const] : []), ...(oidc ? ['oidc' as const] : [])];
  return (
    <form method="post" onSubmit={form.onSubmit} aria-label={t('access.new-user')}>
      <TextField
        {...form.text('name')}
        label={t('settings.name')}
        hint={t('settings.name.hint')}
        required
        autocomplete="off"
        autocapitalize="none"
      />
      {sources.length > 1 && (
        <Choice
          label={t('access.source')}
          name="source"
          value={source}
          options={sources.map((value) => ({ value: value as string, label: t(`access.source.${value}`) }))}
          onValue={(value) => form.set('source', value)}
          error={form.errorAt('/source')}
        />
      )}
      {source === 'oidc' && (
        <TextField {...form.text('subject')} label={t('access.subject')} hint={t('access.subject.hint')} required />
      )}
      {source === 'local' && (
        <TextField
          {...form.text('password')}
          label={t('login.password')}
          type="password"
          hint={t('access.password.hint', { n: 8 })}
          autocomplete="new-password"
        />
      )}
      <TextField {...form.text('fullName')} label={t('settings.full-name')} autocomplete="off" />
      <TextField {...form.text('email')} label={t('settings.email')} type="email" autocomplete="off" />
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
          {t('access.make-user')}
        </button>
      </p>
    </form>
  );
}
