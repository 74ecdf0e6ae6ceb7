import type { ApiProblem } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { LoginForm } from './login-form.js';

/** Shows why a page can't be shown, and what to do. Where an account may help, it asks for one. */
export function RefusedPage({ problem }: { readonly problem: ApiProblem | undefined }) {
  const { t, session, reload, url } = usePlace();
  const status = problem?.status ?? 404;
  if (status === 401 && session === null) return <LoginForm next={url} />;
  const known = status === 404 || status === 403 || status === 503 || status === 429 ? status : 'other';
  return (
    <>
      <h1 tabIndex={-1}>{t(`problem.${known}.title`)}</h1>
      <p>{t(`problem.${known}.text`)}</p>
      {problem !== undefined && problem.detail !== '' && <p class="problem-detail">{problem.detail}</p>}
      <p class="actions">
        <button type="button" onClick={() => void reload()}>
          {t('problem.again')}
        </button>
        <a href="/">{t('problem.home')}</a>
        {session === null && <a href={`/login?next=${encodeURIComponent(url)}`}>{t('menu.login')}</a>}
      </p>
    </>
  );
}
