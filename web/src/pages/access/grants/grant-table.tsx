import type { ServiceGrant } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { PathWords, RegistryWords, RuleWords, SubjectWords } from './grant-words.js';

interface GrantTableProps {
  readonly grants: readonly ServiceGrant[];
  /** Returns true for those that the reader may take back. */
  readonly mayTakeBack: (grant: ServiceGrant) => boolean;
}

/** Shows roles and denials: whose, where, by whom given. */
export function GrantTable({ grants, mayTakeBack }: GrantTableProps) {
  const { t, api, reload } = usePlace();
  const takesAny = grants.some(mayTakeBack);
  return (
    <DataTable
      caption={t('access.grants')}
      rows={grants}
      rowKey={({ id }) => id}
      columns={[
        { key: 'who', title: t('access.who'), isHead: true, cell: ({ subject }) => <SubjectWords subject={subject} /> },
        { key: 'rule', title: t('access.rule'), cell: ({ role, denied }) => <RuleWords role={role} denied={denied} /> },
        { key: 'path', title: t('access.path'), cell: ({ path }) => <PathWords path={path} /> },
        {
          key: 'registry',
          title: t('repository.registry'),
          cell: ({ registry }) => <RegistryWords registry={registry} />,
        },
        {
          key: 'since',
          title: t('access.given'),
          cell: ({ createdAt, createdBy }) => (
            <>
              <Age at={createdAt} /> {createdBy !== '' && t('access.by', { name: createdBy })}
            </>
          ),
        },
        ...(takesAny
          ? [
              {
                key: 'delete',
                title: t('settings.actions'),
                cell: (grant: ServiceGrant) =>
                  mayTakeBack(grant) && (
                    <ConfirmButton
                      label={t('access.take-back')}
                      about={`${grant.subject.name} ${grant.path}`}
                      title={t('access.take-back-title', { name: grant.subject.name })}
                      done={t('access.taken-back')}
                      work={async () => {
                        await api.send('DELETE', apiPath`/api/v1/grants/${grant.id}`);
                        await reload();
                      }}
                    >
                      <p>
                        <RuleWords role={grant.role} denied={grant.denied} /> <PathWords path={grant.path} />
                      </p>
                    </ConfirmButton>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}
