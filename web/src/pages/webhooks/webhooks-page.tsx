import type { ServiceDelivery, ServiceWebhook } from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Empty } from '../../parts/empty.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { Pager } from '../../parts/lists/pager.js';
import { PathWords } from '../access/grants/grant-words.js';
import { DeliveryState, WebhookState } from './webhook-state.js';

interface ListedWebhook extends ServiceWebhook {
  readonly last: ServiceDelivery | undefined;
}

/** Page of the webhooks that the reader may see: their states, and what they were sent last. */
export const webhooksPage = definePage<Items<ListedWebhook>>({
  title: (_, t) => t('nav.webhooks'),
  needsAccount: true,
  load: async ({ api, query }) => {
    const filter = apiQuery({ after: query.get('after'), limit: 25 });
    const { items, next = null } = await api.get<Items<ServiceWebhook>>(`/api/v1/webhooks${filter}`);
    const withLast = items.map(async (webhook) => {
      const path = apiPath`/api/v1/webhooks/${webhook.id}/deliveries`;
      const deliveries = await api.find<Items<ServiceDelivery>>(`${path}?limit=1`);
      return { ...webhook, last: deliveries?.items[0] };
    });
    return { items: await Promise.all(withLast), next };
  },
  View: ({ data: { items, next = null } }) => {
    const { t } = usePlace();
    return (
      <>
        <div class="title-row">
          <h1 tabIndex={-1}>{t('nav.webhooks')}</h1>
          <a class="button" href="/webhooks/new">
            {t('webhooks.new')}
          </a>
        </div>
        {items.length === 0 ? (
          <Empty title={t('webhooks.none')}>
            <p>{t('webhooks.none-text')}</p>
            <p>
              <a href="/webhooks/new">{t('webhooks.new')}</a>
            </p>
          </Empty>
        ) : (
          <DataTable
            caption={t('nav.webhooks')}
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'name',
                title: t('settings.name'),
                isHead: true,
                cell: ({ id, name }) => <a href={`/webhooks/${encodeURIComponent(id)}`}>{name}</a>,
              },
              { key: 'url', title: t('webhooks.url'), cell: ({ url }) => <code>{url}</code> },
              { key: 'path', title: t('access.path'), cell: ({ path }) => <PathWords path={path} /> },
              { key: 'state', title: t('settings.state'), cell: (webhook) => <WebhookState webhook={webhook} /> },
              {
                key: 'last',
                title: t('webhooks.last'),
                cell: ({ last }) =>
                  last === undefined ? (
                    <span class="muted">{t('webhooks.nothing-sent')}</span>
                  ) : (
                    <>
                      <DeliveryState delivery={last} /> {last.kind} <Age at={last.createdAt} />
                    </>
                  ),
              },
            ]}
          />
        )}
        <Pager next={next} />
      </>
    );
  },
});
