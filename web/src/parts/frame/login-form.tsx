import { useEffect, useRef, useState } from 'preact/hooks';
import { usePlace } from '../../kernel/place.js';
import type { Session } from '../../kernel/session.js';
import type { LoginMethods } from '../../pages/login/login-methods.js';
import { TextField } from '../fields/text-field.js';
import { useForm } from '../forms/use-form.js';
import { useWait } from '../forms/use-wait.js';
import { ProblemNote } from '../problem-note.js';

/** Form that logs in, then goes on to a page of the service. */
export function LoginForm({ next, methods }: { readonly next: string; readonly methods?: LoginMethods }) {
  const { t, api, session, setSession } = usePlace();
  const wait = useWait();
  const password = useRef<HTMLDivElement>(null);
  const known = useLoginMethods(methods);
  const form = useForm({ name: '', password: '' }, async ({ name, password }) => {
    try {
      setSession(await api.send<Session>('POST', '/api/v1/session', { name, password }));
    } catch (error) {
      form.set('password', '');
      throw error;
    }
    location.assign(next); // All is read anew, with the rights of the account.
  });
  useEffect(() => {
    wait.start(form.problem?.retryAfter ?? 0);
    if (form.problem?.status === 401) password.current?.querySelector('input')?.focus();
  }, [form.problem]);
  return (
    <div class="narrow login">
      <h1 tabIndex={-1}>{t('login.title')}</h1>
      {session !== null && (
        <p class="note">
          {t('login.already', { name: session.name })} <a href={next}>{t('login.go-on')}</a>
        </p>
      )}
      {known?.setup === true && (
        <p class="note note-warn">
          {t('overview.setup')} <a href="/setup">{t('setup.title')}</a>
        </p>
      )}
      <form method="post" onSubmit={form.onSubmit}>
        <TextField
          {...form.text('name')}
          label={t('login.name')}
          name="username"
          required
          autofocus
          autocomplete="username"
          autocapitalize="none"
        />
        <div ref={password}>
          <TextField
            {...form.text('password')}
            label={t('login.password')}
            type="password"
            required
            autocomplete="current-password"
          />
        </div>
        {wait.seconds === 0 || form.problem?.status !== 401 ? (
          <ProblemNote problem={form.problem} />
        ) : (
          <div class="note note-bad">
            <p role="alert">{t('login.locked', { n: form.problem.retryAfter ?? 0 })}</p>
            <p aria-hidden="true" class="muted">
              {t('login.still', { n: wait.seconds })}
            </p>
          </div>
        )}
        <p class="actions">
          <button type="submit" class="primary" disabled={form.isBusy || wait.seconds > 0}>
            {t('login.submit')}
          </button>
          {known?.oidc && (
            <a class="button" href={`${known.oidc.path}?next=${encodeURIComponent(next)}`} target="_self">
              {t('login.provider', { provider: known.oidc.title })}
            </a>
          )}
          <a href="/">{t('login.public')}</a>
        </p>
      </form>
    </div>
  );
}

/** Returns the ways to log in; asks for them where the page did not bring them. */
function useLoginMethods(given: LoginMethods | undefined): LoginMethods | undefined {
  const { api } = usePlace();
  const [asked, setAsked] = useState<LoginMethods>();
  useEffect(() => {
    if (given === undefined) void api.find<LoginMethods>('/api/v1/login-methods').then(setAsked, () => {});
  }, [given]);
  return given ?? asked;
}
