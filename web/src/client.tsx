import { hydrate, render } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { App } from './app.js';
import { Api } from './kernel/api/api.js';
import { browserTransport } from './kernel/api/browser-transport.js';
import { followLinks } from './kernel/follow-links.js';
import { loadContent, loadPageCode } from './kernel/load-page.js';
import { loadLanguage, translator } from './kernel/messages.js';
import { type Place, PlaceProvider } from './kernel/place.js';
import type { Session } from './kernel/session.js';
import type { PageState } from './kernel/state.js';
import { titleOf } from './kernel/title.js';
import './style/all.css';

const api = new Api(browserTransport);

/** Page in a browser: it goes on from what the server sent. */
function Live({ first }: { readonly first: PageState }) {
  const [state, setState] = useState(first);
  const [words, setWords] = useState('');
  const now = useRef(state);
  now.current = state;
  const t = useMemo(() => translator(state.language), [state.language]);
  /** Number of the last navigation: an answer that comes late is of a page that was left. */
  const turn = useRef(0);

  const show = useCallback(async (url: string, session: Session | null) => {
    turn.current += 1;
    const mine = turn.current;
    document.documentElement.toggleAttribute('data-busy', true);
    try {
      try {
        await loadPageCode(url);
      } catch {
        // The service was updated meanwhile, and has other files: the browser is at the address already, and loads all anew.
        location.reload();
        return false;
      }
      const content = await loadContent(url, api, session);
      if (mine === turn.current) setState({ ...now.current, url, session, content, now: Date.now() });
      return mine === turn.current;
    } finally {
      if (mine === turn.current) document.documentElement.toggleAttribute('data-busy', false);
    }
  }, []);

  const go = useCallback<Place['go']>(
    (url, { replace = false } = {}) => {
      const former = now.current.url;
      if (replace) history.replaceState(null, '', url);
      else history.pushState(null, '', url);
      void show(url, now.current.session).then((isShown) => {
        if (!isShown || url.split('?')[0] === former.split('?')[0]) return;
        window.scrollTo(0, 0);
        document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
      });
    },
    [show],
  );

  useEffect(() => {
    document.title = titleOf(state, t);
  }, [state, t]);
  useEffect(() => followLinks(go), [go]);
  useEffect(() => {
    const back = () => void show(location.pathname + location.search, now.current.session);
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, [show]);

  const place: Place = {
    api,
    t,
    go,
    session: state.session,
    language: state.language,
    now: state.now,
    url: state.url,
    reload: async () => void (await show(now.current.url, now.current.session)),
    say: setWords,
    setSession: (session) => setState({ ...now.current, session }),
  };
  return (
    <PlaceProvider value={place}>
      <App content={state.content} />
      <div class="visually-hidden" role="status" aria-live="polite">
        {words}
      </div>
    </PlaceProvider>
  );
}

const page = document.getElementById('page');
const state = document.getElementById('state')?.textContent;
if (page !== null && state) {
  const first = JSON.parse(state) as PageState;
  await Promise.all([loadPageCode(first.url), loadLanguage(first.language)]);
  hydrate(<Live first={first} />, page);
  document.documentElement.toggleAttribute('data-live', true);
} else if (page !== null) {
  render(null, page);
}
