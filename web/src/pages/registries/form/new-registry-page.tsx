import type { ServiceHost, ServiceJob } from '../../../../../src/service-client/service-types.js';
import type { Items } from '../../../kernel/api/items.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { RegistryForm } from './registry-form.js';
import { newRegistryBody, registryValues } from './registry-values.js';

/** Page that makes a registry on a host. */
export const newRegistryPage = definePage<{ readonly hosts: readonly string[] | null }>({
  title: (_, t) => t('registries.new'),
  needsAccount: true,
  load: async ({ api }) => {
    const hosts = await api.find<Items<ServiceHost>>('/api/v1/hosts');
    return { hosts: hosts?.items.map(({ name }) => name) ?? null };
  },
  View: ({ data: { hosts } }) => {
    const { t, api } = usePlace();
    return (
      <div class="form-page">
        <p class="crumbs">
          <a href="/registries">{t('nav.registries')}</a>
        </p>
        <h1 tabIndex={-1}>{t('registries.new')}</h1>
        <p>{t('registries.new.text')}</p>
        {hosts === null && <p class="note note-warn">{t('jobs.no-site')}</p>}
        <RegistryForm
          first={registryValues()}
          hosts={hosts ?? []}
          isNew
          send={async (values, dryRun) =>
            await api.send<ServiceJob>(
              'POST',
              `/api/v1/registries${dryRun ? '?dryRun=true' : ''}`,
              newRegistryBody(values, t),
            )
          }
        />
      </div>
    );
  },
});
