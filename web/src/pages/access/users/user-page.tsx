import { useEffect } from 'preact/hooks';
import type { ServiceAccountRights, ServiceUser } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { AccessTabs } from '../access-tabs.js';
import { GrantForm } from '../grants/grant-form.js';
import { RightsList } from '../grants/rights-list.js';
import { registryNames } from '../registry-choice.js';
import { UserActions } from './user-actions.js';
import { UserForm } from './user-form.js';
import { UserState } from './users-page.js';

interface UserData {
  readonly user: ServiceUser;
  readonly rights: ServiceAccountRights;
  readonly registries: readonly string[];
}

/** Account of a machine: lists of rights don't tell it from a user. */
interface RobotThere {
  readonly robot: string;
}

/** Page of one user: what it is, and what it may. */
export const userPage = definePage<UserData | RobotThere>({
  title: (_data, _t, { name = '' }) => name,
  needsAccount: true,
  load: async ({ api, params }) => {
    const name = params.name ?? '';
    const user = await api.find<ServiceUser>(apiPath`/api/v1/users/${name}`);
    if (user === undefined && (await api.find(apiPath`/api/v1/robots/${name}`)) !== undefined) return { robot: name };
    const [rights, registries] = await Promise.all([
      api.get<ServiceAccountRights>(apiPath`/api/v1/users/${name}/rights`),
      registryNames(api),
    ]);
    return { user: user ?? (await api.get<ServiceUser>(apiPath`/api/v1/users/${name}`)), rights, registries };
  },
  View: ({ data }) => ('robot' in data ? <ToRobot name={data.robot} /> : <User data={data} />),
});

function User({ data: { user, rights, registries } }: { readonly data: UserData }) {
  const { t, session } = usePlace();
  const { name } = user;
  return (
    <>
      <p class="crumbs">
        <a href="/access/users">{t('access.users')}</a>
      </p>
      <div class="title-row">
        <h1 tabIndex={-1}>{name}</h1>
        <p>
          <UserState user={user} />
        </p>
      </div>
      <AccessTabs />
      <dl class="facts">
        <dt>{t('access.source')}</dt>
        <dd>{t(`access.source.${user.source}`)}</dd>
        <dt>{t('settings.made')}</dt>
        <dd>
          <Age at={user.createdAt} />
        </dd>
        <dt>{t('settings.last-login')}</dt>
        <dd>
          <Age at={user.lastLoginAt} never={t('settings.never')} />
        </dd>
        <dt>{t('nav.audit')}</dt>
        <dd>
          <a href={`/audit?actor=${encodeURIComponent(name)}`}>{t('access.what-they-did')}</a>
        </dd>
      </dl>
      {session?.name === name ? (
        <p class="note">
          {t('access.this-is-you')} <a href="/account">{t('account.title')}</a>
        </p>
      ) : null}
      <div class="two">
        <UserForm key={JSON.stringify(user)} user={user} />
        <UserActions user={user} />
      </div>
      <section>
        <h2>{t('access.rights')}</h2>
        <RightsList rights={rights} isAdmin={user.admin} />
        <GrantForm registries={registries} subject={{ kind: 'account', name }} />
      </section>
    </>
  );
}

function ToRobot({ name }: { readonly name: string }) {
  const { t, go } = usePlace();
  const href = `/access/robots/${encodeURIComponent(name)}`;
  useEffect(() => go(href, { replace: true }), [href]);
  return (
    <>
      <h1 tabIndex={-1}>{name}</h1>
      <p>
        <a href={href}>{t('access.is-robot')}</a>
      </p>
    </>
  );
}
