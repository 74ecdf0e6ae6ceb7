import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { RegistryTable } from './registry-table.js';

/** List of registries: those that fail or differ first. */
export const registriesPage = definePage<Items<ServiceRegistry>>({
  title: (_, t) => t('nav.registries'),
  needsAccount: true,
  load: async ({ api }) => await api.get<Items<ServiceRegistry>>('/api/v1/registries'),
  View: ({ data: { items } }) => {
    const { t } = usePlace();
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.registries')}</h1>
          <a class="button primary" href="/registries/new">
            {t('registries.new')}
          </a>
        </div>
        {items.length === 0 ? (
          <Empty title={t('overview.no-registry')}>
            <p>{t('registries.none.text')}</p>
            <a href="/registries/new">{t('overview.make-registry')}</a>
          </Empty>
        ) : (
          <RegistryTable registries={items} />
        )}
      </>
    );
  },
});
