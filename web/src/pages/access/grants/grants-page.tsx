import type {
  ServiceAccountRights,
  ServiceGrant,
  ServiceJobGrant,
} from '../../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Empty } from '../../../parts/empty.js';
import { FilterForm, FilterText } from '../../../parts/lists/filter-form.js';
import { Pager } from '../../../parts/lists/pager.js';
import { AccessTabs } from '../access-tabs.js';
import { RegistryChoice, registryNames } from '../registry-choice.js';
import { GrantForm } from './grant-form.js';
import { GrantTable } from './grant-table.js';
import { JobGrants } from './job-grants.js';
import { type OwnedPath, OwnedPaths, ownedPaths } from './owned-paths.js';

interface GrantsData {
  /** Undefined: the reader may not see them. */
  readonly grants: Items<ServiceGrant> | undefined;
  readonly jobGrants: readonly ServiceJobGrant[] | undefined;
  readonly registries: readonly string[];
  readonly owned: readonly OwnedPath[];
  readonly path: string;
  readonly registry: string;
}

/** Page of roles and denials: of all repositories, or of those that the reader owns. */
export const grantsPage = definePage<GrantsData>({
  title: (_, t) => t('access.grants'),
  needsAccount: true,
  load: async ({ api, query, session }) => {
    const isAdmin = session?.admin === true;
    const rights = isAdmin
      ? undefined
      : await api.find<ServiceAccountRights>(apiPath`/api/v1/users/${session?.name ?? ''}/rights`);
    const owned = ownedPaths(rights);
    const path = query.get('path') ?? owned[0]?.path ?? '';
    const registry = query.get('registry') ?? (query.has('path') ? '' : (owned[0]?.registry ?? ''));
    const filter = apiQuery({ path, registry, after: query.get('after'), limit: 100 });
    const [grants, jobGrants, registries] = await Promise.all([
      api.find<Items<ServiceGrant>>(`/api/v1/grants${filter}`),
      isAdmin ? api.find<Items<ServiceJobGrant>>('/api/v1/job-grants') : undefined,
      registryNames(api),
    ]);
    return { grants, jobGrants: jobGrants?.items, registries, owned, path, registry };
  },
  View: ({ data }) => {
    const { t, session } = usePlace();
    const { grants, jobGrants, registries, owned, path, registry } = data;
    return (
      <>
        <h1 tabIndex={-1}>{t('access.grants')}</h1>
        <AccessTabs />
        <p>{t('access.grants-text')}</p>
        {session?.admin !== true && <OwnedPaths paths={owned} area="/access/grants" />}
        <FilterForm label={t('access.filter')}>
          <FilterText label={t('access.filter-path')} name="path" value={path} placeholder="team/" />
          <RegistryChoice registries={registries} value={registry} />
        </FilterForm>
        {grants === undefined ? (
          <Empty title={t('access.not-owner', { path: path === '' ? t('access.all-repositories') : path })}>
            <p>{t('access.not-owner-text')}</p>
          </Empty>
        ) : (
          <>
            {grants.items.length === 0 ? (
              <Empty title={t('access.no-grants')}>
                <p>{t('access.no-grants-text')}</p>
              </Empty>
            ) : (
              <GrantTable grants={grants.items} mayTakeBack={() => true} />
            )}
            <Pager next={grants.next ?? null} />
            <GrantForm key={`${registry} ${path}`} registries={registries} path={path} />
          </>
        )}
        {jobGrants !== undefined && <JobGrants grants={jobGrants} />}
      </>
    );
  },
});
