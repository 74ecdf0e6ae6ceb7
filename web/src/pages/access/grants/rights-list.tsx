import type { ServiceAccountRights } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Badge } from '../../../parts/badge.js';
import { Empty } from '../../../parts/empty.js';
import { GrantTable } from './grant-table.js';

interface RightsListProps {
  readonly rights: ServiceAccountRights;
  /** The account administers the service: it needs no roles. */
  readonly isAdmin?: boolean;
}

/** Shows the groups of an account, and its roles and denials with where they come from. */
export function RightsList({ rights, isAdmin = false }: RightsListProps) {
  const { t, session } = usePlace();
  const mayLook = session?.admin === true;
  const { groups, grants } = rights;
  return (
    <>
      {groups.length > 0 && (
        <p>
          {t('access.member-of')}{' '}
          {groups.map(({ name, source }) => (
            <span key={name}>
              {mayLook ? <a href={`/access/groups/${encodeURIComponent(name)}`}>{name}</a> : name}
              {source !== 'local' && (
                <>
                  {' '}
                  <Badge>{t(`access.source.${source}`)}</Badge>
                </>
              )}{' '}
            </span>
          ))}
        </p>
      )}
      {isAdmin && <p>{t('access.admin-may')}</p>}
      {grants.length === 0 && isAdmin ? null : grants.length === 0 ? (
        <Empty title={t('access.no-rights')}>
          <p>{t('access.no-rights-text')}</p>
        </Empty>
      ) : (
        <GrantTable grants={grants} mayTakeBack={() => mayLook} />
      )}
    </>
  );
}
