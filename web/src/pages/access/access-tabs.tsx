import type { MessageKey } from '../../kernel/catalogue.js';
import { usePlace } from '../../kernel/place.js';
import type { Session } from '../../kernel/session.js';

interface AccessArea {
  readonly href: string;
  readonly label: MessageKey;
  readonly text: MessageKey;
  /** True: it is for administrators alone. */
  readonly isAdminOnly?: true;
}

/** Pages about accounts and rights. */
const areas: readonly AccessArea[] = [
  { href: '/access/users', label: 'access.users', text: 'access.users.text', isAdminOnly: true },
  { href: '/access/groups', label: 'access.groups', text: 'access.groups.text', isAdminOnly: true },
  { href: '/access/robots', label: 'access.robots', text: 'access.robots.text' },
  { href: '/access/grants', label: 'access.grants', text: 'access.grants.text' },
  { href: '/access/visibility', label: 'access.visibility', text: 'access.visibility.text' },
  { href: '/access/explain', label: 'access.explain', text: 'access.explain.text' },
  { href: '/access/directory', label: 'access.directory', text: 'access.directory.text', isAdminOnly: true },
];

/** Returns the pages that a reader has use for. */
export function accessAreas(session: Session | null): readonly AccessArea[] {
  return areas.filter(({ isAdminOnly }) => isAdminOnly !== true || session?.admin === true);
}

/** Leads to the pages about accounts and rights. */
export function AccessTabs() {
  const { t, session, url } = usePlace();
  const path = url.split('?')[0] ?? '';
  return (
    <nav aria-label={t('nav.access')}>
      <ul class="tabs">
        {accessAreas(session).map(({ href, label }) => (
          <li key={href}>
            <a href={href} aria-current={path === href || path.startsWith(`${href}/`) ? 'page' : undefined}>
              {t(label)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
