import { useEffect, useState } from 'preact/hooks';
import { type Language, languages } from '../../kernel/messages.js';
import { usePlace } from '../../kernel/place.js';

/** Account, language and theme of the reader. */
export function AccountMenu() {
  const { t, session, url, api, setSession, go, language } = usePlace();
  const [isLeaving, setLeaving] = useState(false);
  const leave = async () => {
    setLeaving(true);
    try {
      await api.send('DELETE', '/api/v1/session');
      setSession(null);
      go('/');
    } finally {
      setLeaving(false);
    }
  };
  return (
    <div class="bar-account">
      <details class="menu">
        <summary>{session === null ? t('menu.settings') : session.name}</summary>
        <div class="menu-body">
          {session !== null && (
            <ul class="menu-links">
              <li>
                <a href="/account">{t('menu.account')}</a>
              </li>
            </ul>
          )}
          <label>
            {t('menu.language')}
            <select
              onChange={({ currentTarget }) => {
                remember('language', currentTarget.value);
                location.reload();
              }}
            >
              {(Object.keys(languages) as Language[]).map((each) => (
                <option key={each} value={each} lang={each} selected={each === language}>
                  {languages[each]}
                </option>
              ))}
            </select>
          </label>
          <ThemeChoice />
          {session !== null && (
            <button type="button" disabled={isLeaving} onClick={() => void leave()}>
              {t('menu.logout')}
            </button>
          )}
        </div>
      </details>
      {session === null && (
        <a class="button" href={`/login?next=${encodeURIComponent(url)}`}>
          {t('menu.login')}
        </a>
      )}
    </div>
  );
}

const themes = ['auto', 'light', 'dark'] as const;

function ThemeChoice() {
  const { t } = usePlace();
  const [theme, setTheme] = useState<string>('auto');
  // The page comes without it from the service, and is taken over as it stands.
  useEffect(() => setTheme(document.documentElement.dataset.theme ?? 'auto'), []);
  const choose = (value: string) => {
    setTheme(value);
    remember('theme', value);
    if (value === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  };
  return (
    <label>
      {t('menu.theme')}
      <select onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {themes.map((each) => (
          <option key={each} value={each} selected={each === theme}>
            {t(`menu.theme.${each}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Keeps a choice for a year. The service reads it with each page. */
function remember(name: 'language' | 'theme', value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: CookieStore is not in all browsers yet.
  document.cookie = `provision-${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
