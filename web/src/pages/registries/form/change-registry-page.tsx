import type { ServiceJob, ServiceRegistry } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { definePage } from '../../../kernel/page.js';
import { usePlace } from '../../../kernel/place.js';
import { wrongField } from '../../../parts/fields/field-errors.js';
import { registryHref } from '../../../parts/jobs/work-references.js';
import { RegistryForm } from './registry-form.js';
import { registryChangesBody, registryValues } from './registry-values.js';

interface ChangeData {
  readonly registry: ServiceRegistry;
  /** Entity tag: the change is refused where somebody else was faster. */
  readonly etag: string;
}

/** Page that changes a registry. */
export const changeRegistryPage = definePage<ChangeData>({
  title: ({ registry }, t) => `${t('registry.change')} ${registry.name}`,
  needsAccount: true,
  load: async ({ api, params: { registry: name = '' } }) => {
    const { value, etag } = await api.sendForTag<ServiceRegistry>('GET', apiPath`/api/v1/registries/${name}`);
    return { registry: value, etag };
  },
  View: ({ data: { registry, etag } }) => {
    const { t, api } = usePlace();
    const { name, managed } = registry;
    const first = registryValues(registry);
    return (
      <div class="form-page">
        <p class="crumbs">
          <a href="/registries">{t('nav.registries')}</a> / <a href={registryHref(name)}>{name}</a>
        </p>
        <h1 tabIndex={-1}>
          {t('registry.change')} {name}
        </h1>
        {managed ? (
          <RegistryForm
            first={first}
            hosts={[]}
            isNew={false}
            send={async (values, dryRun) => {
              const changes = registryChangesBody(first, values, t);
              if (Object.keys(changes).length === 0) throw wrongField('', t('registry.no-change'));
              const path = apiPath`/api/v1/registries/${name}` + (dryRun ? '?dryRun=true' : '');
              return await api.send<ServiceJob>('PATCH', path, changes, { 'If-Match': etag });
            }}
          />
        ) : (
          <p class="note note-warn">{t('registry.elsewhere')}</p>
        )}
      </div>
    );
  },
});
