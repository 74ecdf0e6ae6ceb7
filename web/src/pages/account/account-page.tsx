import type { ServiceUser } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Badge } from '../../parts/badge.js';
import { RightsList } from '../access/grants/rights-list.js';
import { registryAddress } from '../tokens/registry-address.js';
import { Tokens } from '../tokens/tokens.js';
import type { AccountData } from './account-data.js';
import { KeptLogins } from './kept-logins.js';
import { PasswordForm } from './password-form.js';
import { ProfileForm } from './profile-form.js';
import { Sessions } from './sessions.js';
import { Starred } from './starred.js';

/** Page of one's own account: what it is, what opens it, and what it may. */
export const accountPage = definePage<AccountData>({
  title: (_, t) => t('account.title'),
  needsAccount: true,
  load: async ({ api, session }) => {
    const name = session?.name ?? '';
    const [user, rights, sessions, logins, tokens, starred, address] = await Promise.all([
      api.find<ServiceUser>(apiPath`/api/v1/users/${name}`),
      api.find<NonNullable<AccountData['rights']>>(apiPath`/api/v1/users/${name}/rights`),
      api.get<Items<AccountData['sessions'][number]>>('/api/v1/sessions'),
      api.get<Items<AccountData['logins'][number]>>('/api/v1/logins'),
      api.get<Items<AccountData['tokens'][number]>>('/api/v1/tokens'),
      api.find<Items<NonNullable<AccountData['starred']>[number]>>('/api/v1/starred'),
      registryAddress(api),
    ]);
    return {
      user: user ?? (await api.get<ServiceUser>('/api/v1/session')),
      rights,
      sessions: sessions.items,
      logins: logins.items,
      tokens: tokens.items,
      starred: starred?.items,
      address,
    };
  },
  View: ({ data }) => {
    const { t } = usePlace();
    const { user, rights, sessions, logins, tokens, starred, address } = data;
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{user.name}</h1>
          <p>
            {user.admin && <Badge tone="busy">{t('access.administrator')}</Badge>}{' '}
            <Badge>{t(`access.source.${user.source}`)}</Badge>
          </p>
        </div>
        <div class="two">
          <ProfileForm user={user} />
          {user.source === 'local' && <PasswordForm user={user} />}
        </div>
        <Tokens
          path="/api/v1/tokens"
          account={user.name}
          tokens={tokens}
          address={address}
          hint={t(user.source === 'oidc' ? 'tokens.hint.oidc' : 'tokens.hint')}
        />
        <KeptLogins logins={logins} />
        <Sessions sessions={sessions} />
        {rights !== undefined && (
          <section>
            <h2>{t('account.rights')}</h2>
            <RightsList rights={rights} isAdmin={user.admin} />
            <p>
              <a href="/access/explain">{t('account.explain')}</a>
            </p>
          </section>
        )}
        {starred !== undefined && <Starred repositories={starred} />}
      </>
    );
  },
});
