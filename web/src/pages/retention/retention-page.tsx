import type { ServiceRegistry } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Empty } from '../../parts/empty.js';
import { RetentionForm } from './retention-form.js';

/** Page of the tags of a registry that stay, and of those that go. */
export const retentionPage = definePage<Items<ServiceRegistry>>({
  title: (_, t) => t('nav.retention'),
  needsAccount: true,
  load: async ({ api }) => await api.get<Items<ServiceRegistry>>('/api/v1/registries'),
  View: ({ data: { items }, query }) => {
    const { t } = usePlace();
    const registries = items.filter(({ trusted, leaving }) => trusted && !leaving).map(({ name }) => name);
    return (
      <>
        <h1 tabIndex={-1}>{t('nav.retention')}</h1>
        <p>{t('retention.text')}</p>
        {registries.length === 0 ? (
          <Empty title={t('overview.no-registry')}>
            <a href="/registries/new">{t('overview.make-registry')}</a>
          </Empty>
        ) : (
          <RetentionForm registries={registries} query={query} />
        )}
      </>
    );
  },
});
