import type { ServiceAccountRights, ServiceRobot } from '../../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../../kernel/api/api.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { Badge } from '../../../parts/badge.js';
import { Empty } from '../../../parts/empty.js';
import { DataTable } from '../../../parts/lists/data-table.js';
import { Pager } from '../../../parts/lists/pager.js';
import { AccessTabs } from '../access-tabs.js';
import { ownedPaths } from '../grants/owned-paths.js';
import { NewRobotForm } from './new-robot-form.js';

interface RobotsData {
  readonly robots: Items<ServiceRobot>;
  /** Namespaces in which the reader makes robots. */
  readonly namespaces: readonly string[];
}

/** Page of robots: all of them, or those of the namespaces that the reader owns. */
export const robotsPage = definePage<RobotsData>({
  title: (_, t) => t('access.robots'),
  needsAccount: true,
  load: async ({ api, query, session }) => {
    const filter = apiQuery({ after: query.get('after'), limit: 100 });
    const [robots, rights] = await Promise.all([
      api.get<Items<ServiceRobot>>(`/api/v1/robots${filter}`),
      api.find<ServiceAccountRights>(apiPath`/api/v1/users/${session?.name ?? ''}/rights`),
    ]);
    const owned = ownedPaths(rights).filter(({ registry, path }) => registry === '' && /^[^/]+\/$/.test(path));
    return { robots, namespaces: owned.map(({ path }) => path.slice(0, -1)) };
  },
  View: ({ data: { robots, namespaces } }) => {
    const { t, session } = usePlace();
    const mayMake = session?.admin === true || namespaces.length > 0;
    return (
      <>
        <h1 tabIndex={-1}>{t('access.robots')}</h1>
        <AccessTabs />
        <p>{t('access.robots-text')}</p>
        {robots.items.length === 0 ? (
          <Empty title={t('access.no-robots')}>
            <p>{t(mayMake ? 'access.no-robots-text' : 'access.not-owner-text')}</p>
          </Empty>
        ) : (
          <DataTable
            caption={t('access.robots')}
            rows={robots.items}
            rowKey={({ name }) => name}
            columns={[
              {
                key: 'name',
                title: t('settings.name'),
                isHead: true,
                cell: ({ name }) => <a href={`/access/robots/${encodeURIComponent(name)}`}>{name}</a>,
              },
              { key: 'description', title: t('settings.description'), cell: ({ description }) => description },
              {
                key: 'state',
                title: t('settings.state'),
                cell: ({ disabled }) => disabled && <Badge tone="bad">{t('settings.disabled')}</Badge>,
              },
              { key: 'made', title: t('settings.made'), cell: ({ createdAt }) => <Age at={createdAt} /> },
              {
                key: 'expires',
                title: t('settings.expires'),
                cell: ({ expiresAt }) => <Age at={expiresAt} never={t('settings.never')} />,
              },
            ]}
          />
        )}
        <Pager next={robots.next ?? null} />
        {mayMake && <NewRobotForm namespaces={namespaces} />}
      </>
    );
  },
});
