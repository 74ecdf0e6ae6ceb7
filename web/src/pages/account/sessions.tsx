import type { ServiceSession } from '../../../../src/service-client/service-types.js';
import { apiPath } from '../../kernel/api/api.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';
import { ConfirmButton } from '../../parts/forms/confirm-button.js';
import { DataTable } from '../../parts/lists/data-table.js';

/** Lists the sessions of browsers; others than this one can be ended. */
export function Sessions({ sessions }: { readonly sessions: readonly ServiceSession[] }) {
  const { t, api, reload } = usePlace();
  const others = sessions.filter(({ current }) => !current);
  const end = async (ended: readonly ServiceSession[]) => {
    for (const { id } of ended) await api.send('DELETE', apiPath`/api/v1/sessions/${id}`);
    await reload();
  };
  return (
    <section>
      <h2>{t('account.sessions')}</h2>
      <DataTable
        caption={t('account.sessions')}
        rows={sessions}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'agent',
            title: t('account.browser'),
            isHead: true,
            cell: ({ userAgent, current }) => (
              <>
                {browserOf(userAgent) ?? t('account.unknown-program')}{' '}
                {current && <Badge tone="good">{t('account.this-one')}</Badge>}
              </>
            ),
          },
          { key: 'address', title: t('account.address'), cell: ({ address }) => <code>{address}</code> },
          { key: 'created', title: t('account.begun'), cell: ({ createdAt }) => <Age at={createdAt} /> },
          { key: 'used', title: t('account.last-used'), cell: ({ usedAt }) => <Age at={usedAt} /> },
          {
            key: 'end',
            title: t('settings.actions'),
            cell: (row) =>
              row.current ? null : (
                <ConfirmButton
                  label={t('account.end')}
                  about={row.address}
                  title={t('account.end-session')}
                  done={t('account.ended')}
                  work={() => end([row])}
                />
              ),
          },
        ]}
      />
      {others.length > 1 && (
        <ConfirmButton
          label={t('account.end-others')}
          title={t('account.end-others-title', { n: others.length })}
          done={t('account.ended')}
          work={() => end(others)}
        />
      )}
    </section>
  );
}

/** Browsers, by what they say of themselves. Most say the names of others as well: the first that fits counts. */
const browsers = [
  ['Edge', /\bEdg\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Firefox', /\bFirefox\/(\d+)/],
  ['Chrome', /Chrome\/(\d+)/],
  ['Safari', /\bVersion\/(\d+).*\bSafari\//],
] as const;

/** Returns the browser and the system of a `User-Agent`, as far as it says so. */
function browserOf(userAgent: string): string | undefined {
  const found = browsers.flatMap(([name, form]) => {
    const version = form.exec(userAgent)?.[1];
    return version === undefined ? [] : [`${name} ${version}`];
  })[0];
  if (found === undefined) return userAgent === '' ? undefined : userAgent.slice(0, 80);
  const system = /\b(Windows|Mac OS X|Android|iPhone|iPad|Linux)\b/.exec(userAgent)?.[1];
  return system === undefined ? found : `${found}, ${system}`;
}
