import type { ServiceKeptLogin } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Empty } from '../../parts/empty.js';
import { ConfirmButton } from '../../parts/forms/confirm-button.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Lists the logins that docker and podman keep; each can be ended. */
export function KeptLogins({ logins }: { readonly logins: readonly ServiceKeptLogin[] }) {
  const { t, api, reload } = usePlace();
  return (
    <section>
      <h2>{t('account.logins')}</h2>
      {logins.length === 0 ? (
        <Empty title={t('account.no-logins')}>
          <p>{t('account.no-logins-text')}</p>
        </Empty>
      ) : (
        <DataTable
          caption={t('account.logins')}
          rows={logins}
          rowKey={({ id }) => id}
          columns={[
            { key: 'registry', title: t('repository.registry'), isHead: true, cell: ({ registry }) => registry },
            { key: 'client', title: t('account.program'), cell: ({ client }) => client },
            { key: 'address', title: t('account.address'), cell: ({ address }) => <code>{address}</code> },
            { key: 'created', title: t('account.begun'), cell: ({ createdAt }) => <Age at={createdAt} /> },
            { key: 'used', title: t('account.last-used'), cell: ({ lastUsedAt }) => <Age at={lastUsedAt} /> },
            {
              key: 'end',
              title: t('settings.actions'),
              cell: ({ id, registry, client }) => (
                <ConfirmButton
                  label={t('account.end')}
                  about={`${client} ${registry}`}
                  title={t('account.end-login')}
                  done={t('account.ended')}
                  work={async () => {
                    await api.send('DELETE', apiPath`/api/v1/logins/${id}`);
                    await reload();
                  }}
                >
                  <p>{t('account.end-login-text')}</p>
                </ConfirmButton>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
