import type { ServiceToken } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { ConfirmButton } from '../../parts/forms/confirm-button.js';
import { DataTable } from '../../parts/lists/data-table.js';

interface TokenTableProps {
  readonly path: string;
  readonly tokens: readonly ServiceToken[];
}

/** Shows access tokens: what they open, until when, when they were used last. */
export function TokenTable({ path, tokens }: TokenTableProps) {
  const { t, api, now, reload } = usePlace();
  return (
    <DataTable
      caption={t('tokens.title')}
      rows={tokens}
      rowKey={({ id }) => id}
      columns={[
        { key: 'label', title: t('tokens.label'), isHead: true, cell: ({ label }) => label },
        { key: 'scope', title: t('tokens.scope'), cell: (token) => <Scope token={token} /> },
        { key: 'api', title: t('tokens.api'), cell: ({ api: reach }) => t(`tokens.api.${reach}`) },
        {
          key: 'expires',
          title: t('settings.expires'),
          cell: ({ expiresAt }) =>
            expiresAt !== null && Date.parse(expiresAt) <= now ? (
              <Badge tone="bad">{t('settings.expired')}</Badge>
            ) : (
              <Age at={expiresAt} never={t('settings.never')} />
            ),
        },
        {
          key: 'used',
          title: t('account.last-used'),
          cell: ({ lastUsedAt, lastUsedFrom }) => (
            <>
              <Age at={lastUsedAt} never={t('tokens.unused')} />{' '}
              {lastUsedFrom !== null && <code class="muted">{lastUsedFrom}</code>}
            </>
          ),
        },
        {
          key: 'delete',
          title: t('settings.actions'),
          cell: ({ id, label }) => (
            <ConfirmButton
              label={t('settings.delete')}
              about={label}
              title={t('tokens.delete', { label })}
              done={t('settings.deleted')}
              work={async () => {
                await api.send('DELETE', `${path}/${encodeURIComponent(id)}`);
                await reload();
              }}
            >
              <p>{t('tokens.delete-text')}</p>
            </ConfirmButton>
          ),
        },
      ]}
    />
  );
}

function Scope({ token: { repositories } }: { readonly token: ServiceToken }) {
  const { t } = usePlace();
  if (repositories === null) return <>{t('tokens.all')}</>;
  return (
    <ul class="plain">
      {repositories.map(({ path, actions }) => (
        <li key={`${path} ${actions.join()}`}>
          {path === '' ? t('access.all-repositories') : <code>{path}</code>}:{' '}
          {actions.map((action) => t(`access.action.${action}`)).join(', ')}
        </li>
      ))}
    </ul>
  );
}
