import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MessageKey } from '../../kernel/catalogue.js';
import { usePlace } from '../../kernel/place.js';
import { Icon, type IconName } from '../icon.js';
import { AccountMenu } from './account-menu.js';

interface NavigationEntry {
  readonly href: string;
  readonly label: MessageKey;
  readonly icon: IconName;
  /** Reader who has use for it. Default: everybody. */
  readonly for?: 'account' | 'administrator';
}

/** Main navigation, as it stands on each page. */
const navigation: readonly NavigationEntry[] = [
  { href: '/', label: 'nav.overview', icon: 'overview' },
  { href: '/repositories', label: 'nav.repositories', icon: 'repository' },
  { href: '/registries', label: 'nav.registries', icon: 'registry', for: 'account' },
  { href: '/publications', label: 'nav.publications', icon: 'publication', for: 'account' },
  { href: '/jobs', label: 'nav.jobs', icon: 'job', for: 'account' },
  { href: '/hosts', label: 'nav.hosts', icon: 'host', for: 'account' },
  { href: '/schedules', label: 'nav.schedules', icon: 'schedule', for: 'account' },
  { href: '/retention', label: 'nav.retention', icon: 'retention', for: 'administrator' },
  { href: '/access', label: 'nav.access', icon: 'access', for: 'account' },
  { href: '/webhooks', label: 'nav.webhooks', icon: 'webhook', for: 'account' },
  { href: '/audit', label: 'nav.audit', icon: 'audit', for: 'administrator' },
];

/** Frame of all pages: name, search, navigation, account. */
export function Frame({ children }: { readonly children: ComponentChildren }) {
  const { t, session, url } = usePlace();
  const path = url.split('?')[0] ?? '/';
  const entries = navigation.filter(
    (entry) => entry.for === undefined || (entry.for === 'account' ? session !== null : session?.admin === true),
  );
  // An image is of a repository.
  const area = path.replace(/^\/images\//, '/repositories/');
  const list = useRef<HTMLUListElement>(null);
  // On a narrow screen the list is longer than it: the reader sees where they are, and that it goes on.
  useEffect(() => {
    const [whole, here] = [list.current?.parentElement, list.current?.querySelector<HTMLElement>('[aria-current]')];
    if (whole && here && whole.scrollWidth > whole.clientWidth) {
      whole.scrollLeft = here.offsetLeft - (whole.clientWidth - here.offsetWidth) / 2;
    }
  }, [area]);
  const isHere = (href: string) => (href === '/' ? path === '/' : area === href || area.startsWith(`${href}/`));
  return (
    <>
      <a class="skip" href="#main">
        {t('frame.skip')}
      </a>
      <header class="bar">
        <a class="brand" href="/">
          {t('product')}
        </a>
        <search class="bar-search">
          <form action="/search" method="get">
            <label class="visually-hidden" for="bar-search">
              {t('search.label')}
            </label>
            <input
              id="bar-search"
              type="search"
              name="q"
              placeholder={t('search.placeholder')}
              value={path === '/search' ? (new URLSearchParams(url.split('?')[1]).get('q') ?? '') : ''}
              autocomplete="off"
            />
            <button type="submit" class="quiet">
              <Icon name="search" />
              <span class="visually-hidden">{t('search.submit')}</span>
            </button>
          </form>
        </search>
        <AccountMenu />
      </header>
      <nav class="nav" aria-label={t('nav.label')}>
        <ul ref={list}>
          {entries.map(({ href, label, icon }) => (
            <li key={href}>
              <a href={href} aria-current={isHere(href) ? 'page' : undefined}>
                <Icon name={icon} />
                {t(label)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
