import type { ServiceJobGrant } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import type { MessageKey } from '../../../kernel/catalogue.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Empty } from '../../../parts/empty.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { SubjectWords } from './grant-words.js';
import { JobGrantForm } from './job-grant-form.js';

/** Lists who may do what on which hosts; gives and takes such rights. */
export function JobGrants({ grants }: { readonly grants: readonly ServiceJobGrant[] }) {
  const { t, api, reload } = usePlace();
  return (
    <section>
      <h2>{t('access.job-grants')}</h2>
      <p>{t('access.job-grants-text')}</p>
      {grants.length === 0 ? (
        <Empty title={t('access.no-job-grants')}>
          <p>{t('access.no-job-grants-text')}</p>
        </Empty>
      ) : (
        <DataTable
          caption={t('access.job-grants')}
          rows={grants}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'who',
              title: t('access.who'),
              isHead: true,
              cell: ({ account, group }) => (
                <SubjectWords
                  subject={group === null ? { kind: 'account', name: account ?? '' } : { kind: 'group', name: group }}
                />
              ),
            },
            {
              key: 'verbs',
              title: t('access.verbs'),
              cell: ({ verbs }) => verbs.map((verb) => t(`access.verb.${verb}` as MessageKey)).join(', '),
            },
            { key: 'hosts', title: t('nav.hosts'), cell: ({ hosts }) => <code>{hosts.join(', ')}</code> },
            {
              key: 'since',
              title: t('access.given'),
              cell: ({ createdAt, createdBy }) => (
                <>
                  <Age at={createdAt} /> {createdBy !== '' && t('access.by', { name: createdBy })}
                </>
              ),
            },
            {
              key: 'delete',
              title: t('settings.actions'),
              cell: ({ id, account, group, hosts }) => (
                <ConfirmButton
                  label={t('access.take-back')}
                  about={`${account ?? group} ${hosts.join(', ')}`}
                  title={t('access.take-back-title', { name: account ?? group ?? '' })}
                  done={t('access.taken-back')}
                  work={async () => {
                    await api.send('DELETE', apiPath`/api/v1/job-grants/${id}`);
                    await reload();
                  }}
                />
              ),
            },
          ]}
        />
      )}
      <JobGrantForm />
    </section>
  );
}
