import { useEffect } from 'preact/hooks';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { TextField } from '../../parts/fields/text-field.js';
import { useForm } from '../../parts/forms/use-form.js';
import { ProblemNote } from '../../parts/problem-note.js';
import type { LoginMethods } from './login-methods.js';

/** Page that makes the first account, by the token that the service printed. */
export const setupPage = definePage<LoginMethods>({
  title: (_, t) => t('setup.title'),
  load: async ({ api }) => await api.get<LoginMethods>('/api/v1/login-methods'),
  View: ({ data }) => {
    const { t } = usePlace();
    return (
      <div class="narrow login">
        <h1 tabIndex={-1}>{t('setup.title')}</h1>
        {data.setup ? (
          <SetupForm />
        ) : (
          <Empty title={t('setup.done')}>
            <p>
              <a href="/login">{t('login.title')}</a>
            </p>
          </Empty>
        )}
      </div>
    );
  },
});

function SetupForm() {
  const { t, api } = usePlace();
  const form = useForm(
    { token: '', name: '', password: '', fullName: '' },
    async ({ token, name, password, fullName }) => {
      await api.send('POST', '/api/v1/setup', { token: token.trim(), name, password, fullName });
      await api.send('POST', '/api/v1/session', { name, password });
      location.assign('/');
    },
  );
  useEffect(() => {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given === null) return;
    form.set('token', given);
    history.replaceState(null, '', location.pathname); // A secret stays in no history.
  }, []);
  return (
    <>
      <p>{t('setup.text')}</p>
      <form method="post" onSubmit={form.onSubmit}>
        <TextField
          {...form.text('token')}
          label={t('setup.token')}
          hint={t('setup.token.hint')}
          required
          autofocus
          autocomplete="off"
        />
        <TextField
          {...form.text('name')}
          label={t('login.name')}
          name="username"
          hint={t('settings.name.hint')}
          required
          autocomplete="username"
          autocapitalize="none"
        />
        <TextField {...form.text('fullName')} label={t('settings.full-name')} autocomplete="name" />
        <TextField
          {...form.text('password')}
          label={t('login.password')}
          type="password"
          hint={t('setup.password.hint', { n: 8 })}
          required
          minLength={8}
          autocomplete="new-password"
        />
        <ProblemNote problem={form.problem} />
        <p class="actions">
          <button type="submit" class="primary" disabled={form.isBusy}>
            {t('setup.submit')}
          </button>
        </p>
      </form>
    </>
  );
}
