import { useState } from 'preact/hooks';
import type { ServiceUser } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** Changes the own password, by the present one. */
export function PasswordForm({ user }: { readonly user: ServiceUser }) {
  const { t, api, reload, say } = usePlace();
  const [isDone, setDone] = useState(false);
  const form = useForm({ currentPassword: '', password: '' }, async ({ currentPassword, password }) => {
    setDone(false);
    await api.send('PATCH', apiPath`/api/v1/users/${user.name}`, {
      password,
      ...(user.hasPassword ? { currentPassword } : {}),
    });
    form.reset();
    setDone(true);
    await reload();
    say(t('account.password-changed'));
  });
  return (
    <section>
      <h2>{t('account.password')}</h2>
      <form method="post" onSubmit={form.onSubmit}>
        {/* Keepers of passwords want to know whose it is. */}
        <input type="hidden" name="username" autocomplete="username" value={user.name} />
        {user.hasPassword && (
          <TextField
            {...form.text('currentPassword')}
            label={t('account.current-password')}
            type="password"
            required
            autocomplete="current-password"
          />
        )}
        <TextField
          {...form.text('password')}
          label={t('account.new-password')}
          type="password"
          hint={t('setup.password.hint', { n: 8 })}
          required
          minLength={8}
          autocomplete="new-password"
        />
        <ProblemNote problem={form.problem} />
        {isDone && <p class="note note-good">{t('account.password-changed')}</p>}
        <p class="actions">
          <button type="submit" class="primary" disabled={form.isBusy}>
            {t('account.change-password')}
          </button>
        </p>
      </form>
    </section>
  );
}
