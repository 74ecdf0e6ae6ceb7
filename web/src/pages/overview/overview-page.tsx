import type {
  ServiceDriftedHost,
  ServiceHealthReport,
  ServiceJob,
  ServiceRegistry,
  ServiceRepository,
  ServiceStorage,
} from '../../../../src/service-client/service-types.js';
import { apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import type { LoginMethods } from '../login/login-methods.js';
import { FirstSteps } from './first-steps.js';
import { Newest } from './newest.js';
import { OverviewCards } from './overview-cards.js';
import type { OverviewData } from './overview-data.js';
import { Troubles } from './troubles.js';

/** First page: what fails or differs, then what is new. */
export const overviewPage = definePage<OverviewData>({
  title: (_, t) => t('nav.overview'),
  load: async ({ api, session }) => {
    const newest = api.get<Items<ServiceRepository>>(`/api/v1/repositories${apiQuery({ limit: 10, sort: '-pushed' })}`);
    const mine = async <Item,>(path: string) =>
      session === null ? undefined : (await api.find<Items<Item>>(path))?.items;
    const administered = async <Answer,>(path: string) =>
      session?.admin === true ? await api.find<Answer>(path) : undefined;
    const [methods, registries, jobs, drift, health, storage, { items }] = await Promise.all([
      api.get<LoginMethods>('/api/v1/login-methods'),
      mine<ServiceRegistry>('/api/v1/registries'),
      mine<ServiceJob>('/api/v1/jobs?limit=50'),
      mine<ServiceDriftedHost>('/api/v1/drift?limit=50'),
      administered<ServiceHealthReport>('/api/v1/health'),
      administered<ServiceStorage>('/api/v1/storage?limit=1'),
      newest,
    ]);
    return { methods, registries, jobs, drift, health, storage, newest: items };
  },
  View: ({ data }) => {
    const { t, session } = usePlace();
    return (
      <>
        <h1 tabIndex={-1}>{t('nav.overview')}</h1>
        {data.methods.setup && (
          <div class="note note-warn">
            <p>{t('overview.setup')}</p>
            <p>
              <a href="/setup">{t('setup.title')}</a>
            </p>
          </div>
        )}
        {session !== null && (
          <>
            <Troubles data={data} />
            <OverviewCards data={data} />
          </>
        )}
        {data.newest.length === 0 ? <FirstSteps data={data} /> : <Newest repositories={data.newest} />}
      </>
    );
  },
});
