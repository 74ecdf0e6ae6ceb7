import type { ServiceUser } from '../../../../../src/service-client/service-types.js';
import { apiQuery } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Badge } from '../../../parts/badge.js';
import { Empty } from '../../../parts/empty.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { FilterForm, FilterText } from '../../../parts/lists/filter-form.js';
import { Pager } from '../../../parts/lists/pager.js';
import { AccessTabs } from '../access-tabs.js';
import { ImportForm } from './import-form.js';
import { NewUserForm } from './new-user-form.js';

interface UsersData {
  readonly users: Items<ServiceUser>;
  readonly directories: { readonly ldap: boolean; readonly oidc: boolean };
}

/** Page of all users, for administrators. */
export const usersPage = definePage<UsersData>({
  title: (_, t) => t('access.users'),
  needsAccount: true,
  load: async ({ api, query }) => {
    const filter = apiQuery({ q: query.get('q'), after: query.get('after'), limit: 100 });
    const [users, directories] = await Promise.all([
      api.get<Items<ServiceUser>>(`/api/v1/users${filter}`),
      api.find<UsersData['directories']>('/api/v1/directories'),
    ]);
    return { users, directories: directories ?? { ldap: false, oidc: false } };
  },
  View: ({ data: { users, directories }, query }) => {
    const { t } = usePlace();
    const text = query.get('q');
    return (
      <>
        <h1 tabIndex={-1}>{t('access.users')}</h1>
        <AccessTabs />
        <FilterForm label={t('access.find-users')}>
          <FilterText label={t('access.find-users')} name="q" value={text} />
        </FilterForm>
        {users.items.length === 0 ? (
          <Empty title={t('access.no-users')}>
            <p>
              <a href="/access/users">{t('access.all-users')}</a>
            </p>
          </Empty>
        ) : (
          <UserTable users={users.items} />
        )}
        <Pager next={users.next ?? null} />
        <div class="two">
          <details class="panel">
            <summary>{t('access.new-user')}</summary>
            <NewUserForm directories={directories} />
          </details>
          <details class="panel">
            <summary>{t('access.import')}</summary>
            <ImportForm />
          </details>
        </div>
      </>
    );
  },
});

function UserTable({ users }: { readonly users: readonly ServiceUser[] }) {
  const { t } = usePlace();
  return (
    <DataTable
      caption={t('access.users')}
      rows={users}
      rowKey={({ name }) => name}
      columns={[
        {
          key: 'name',
          title: t('settings.name'),
          isHead: true,
          cell: ({ name }) => <a href={`/access/users/${encodeURIComponent(name)}`}>{name}</a>,
        },
        { key: 'full', title: t('settings.full-name'), cell: ({ fullName }) => fullName },
        { key: 'email', title: t('settings.email'), cell: ({ email }) => email },
        { key: 'state', title: t('settings.state'), cell: (user) => <UserState user={user} /> },
        { key: 'source', title: t('access.source'), cell: ({ source }) => t(`access.source.${source}`) },
        {
          key: 'login',
          title: t('settings.last-login'),
          cell: ({ lastLoginAt }) => <Age at={lastLoginAt} never={t('settings.never')} />,
        },
      ]}
    />
  );
}

/** Says what is special about a user: an administrator, closed, without a password. */
export function UserState({ user }: { readonly user: ServiceUser }) {
  const { t, now } = usePlace();
  const isOver = user.expiresAt !== null && Date.parse(user.expiresAt) <= now;
  return (
    <>
      {user.admin && <Badge tone="busy">{t('access.administrator')}</Badge>}{' '}
      {user.disabled && <Badge tone="bad">{t('settings.disabled')}</Badge>}{' '}
      {user.gone && <Badge tone="bad">{t('access.gone')}</Badge>}{' '}
      {isOver && <Badge tone="bad">{t('settings.expired')}</Badge>}{' '}
      {!user.hasPassword && <Badge tone="warn">{t('access.no-password')}</Badge>}
    </>
  );
}
