import type {
  ServiceJob,
  ServiceRegistry,
  ServiceReplicas,
  ServiceStorage,
} from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { JobTable } from '../../parts/jobs/job-table.js';
import { type NotificationSettings, NotificationSettingsView } from './notification-settings.js';
import { RegistryDelete } from './registry-delete.js';
import { RegistryDriftView } from './registry-drift.js';
import { RegistryFacts } from './registry-facts.js';
import { RegistryReplicas } from './registry-replicas.js';
import { RegistryState } from './registry-state.js';
import { RegistryStorage } from './registry-storage.js';
import { RegistryUpkeep } from './registry-upkeep.js';

interface RegistryData {
  readonly registry: ServiceRegistry;
  readonly jobs: readonly ServiceJob[];
  readonly replicas: ServiceReplicas | undefined;
  /** For administrators. */
  readonly notifications: NotificationSettings | undefined;
  readonly storage: ServiceStorage | undefined;
}

/** Page of a registry: as it shall be, as it is, what is there, and what may be done. */
export const registryPage = definePage<RegistryData>({
  title: ({ registry }) => registry.name,
  needsAccount: true,
  load: async ({ api, params: { registry: name = '' }, session }) => {
    const isAdmin = session?.admin === true;
    const [registry, jobs, replicas, notifications, storage] = await Promise.all([
      api.get<ServiceRegistry>(apiPath`/api/v1/registries/${name}`),
      api.get<Items<ServiceJob>>(`/api/v1/jobs${apiQuery({ registry: name, limit: 20 })}`),
      api.find<ServiceReplicas>(apiPath`/api/v1/registries/${name}/replicas`),
      isAdmin ? api.find<NotificationSettings>(apiPath`/api/v1/registries/${name}/notification-settings`) : undefined,
      isAdmin ? api.find<ServiceStorage>(`/api/v1/storage${apiQuery({ registry: name, limit: 10 })}`) : undefined,
    ]);
    return { registry, jobs: jobs.items, replicas, notifications, storage };
  },
  View: ({ data: { registry, jobs, replicas, notifications, storage } }) => {
    const { t, session } = usePlace();
    const { name, managed, trusted } = registry;
    const isAdmin = session?.admin === true;
    return (
      <>
        <p class="crumbs">
          <a href="/registries">{t('nav.registries')}</a>
        </p>
        <div class="title-row">
          <h1 tabIndex={-1}>
            {name} <RegistryState registry={registry} />
          </h1>
          {managed && !registry.leaving && (
            <a class="button" href={`/registries/${encodeURIComponent(name)}/change`}>
              {t('registry.change')}
            </a>
          )}
        </div>
        {registry.error !== '' && <p class="note note-bad">{registry.error}</p>}
        {registry.description !== '' && <p class="pre">{registry.description}</p>}
        <RegistryFacts registry={registry} />
        {registry.drift !== null && <RegistryDriftView name={name} drift={registry.drift} />}
        {replicas !== undefined && <RegistryReplicas replicas={replicas} />}
        {storage !== undefined && <RegistryStorage name={name} storage={storage} />}
        {isAdmin && trusted && <RegistryUpkeep name={name} />}
        <section>
          <h2>{t('registry.jobs')}</h2>
          {jobs.length === 0 ? <p>{t('jobs.none')}</p> : <JobTable caption={t('registry.jobs')} jobs={jobs} />}
        </section>
        {notifications !== undefined && <NotificationSettingsView settings={notifications} />}
        {managed && !registry.leaving && <RegistryDelete name={name} />}
      </>
    );
  },
});
