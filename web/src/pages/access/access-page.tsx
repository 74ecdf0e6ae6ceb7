import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { accessAreas } from './access-tabs.js';

/** Page that leads to accounts and rights. */
export const accessPage = definePage<null>({
  title: (_, t) => t('nav.access'),
  needsAccount: true,
  load: async () => null,
  View: () => {
    const { t, session } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('nav.access')}</h1>
        <ul class="cards">
          {accessAreas(session).map(({ href, label, text }) => (
            <li key={href} class="card">
              <h2>
                <a href={href}>{t(label)}</a>
              </h2>
              <p>{t(text)}</p>
            </li>
          ))}
          <li class="card">
            <h2>
              <a href="/account">{t('account.title')}</a>
            </h2>
            <p>{t('account.text')}</p>
          </li>
        </ul>
      </>
    );
  },
});
