import type { ServiceDelivery } from '../../../../src/service-client/service-types.js';
import type { Items } from '../../kernel/api/items.js';
import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';
import { Age } from '../../parts/age.js';
import { Empty } from '../../parts/empty.js';
import { DataTable } from '../../parts/lists/data-table.js';
import { Pager } from '../../parts/lists/pager.js';
import { DeliveryState } from './webhook-state.js';

interface DeliveriesProps {
  readonly webhook: string;
  readonly deliveries: Items<ServiceDelivery>;
}

/** Lists the messages to a webhook, newest first; each leads to what was sent and answered. */
export function Deliveries({ webhook, deliveries: { items, next = null } }: DeliveriesProps) {
  const { t, url, reload } = usePlace();
  const path = url.startsWith(`/webhooks/${webhook}`) ? url : `/webhooks/${encodeURIComponent(webhook)}`;
  return (
    <section>
      <div class="title-row">
        <h2>{t('webhooks.deliveries')}</h2>
        <button type="button" onClick={() => void reload()}>
          {t('settings.refresh')}
        </button>
      </div>
      {items.length === 0 ? (
        <Empty title={t('webhooks.no-deliveries')}>
          <p>{t('webhooks.no-deliveries-text')}</p>
        </Empty>
      ) : (
        <DataTable
          caption={t('webhooks.deliveries')}
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'event',
              title: t('webhooks.event'),
              isHead: true,
              cell: ({ id, kind, subject }) => (
                <>
                  <a href={withQuery(path, { delivery: id })}>{kind}</a> {subject}
                </>
              ),
            },
            {
              key: 'state',
              title: t('settings.state'),
              cell: (delivery) => (
                <>
                  <DeliveryState delivery={delivery} /> {delivery.why}
                </>
              ),
            },
            { key: 'tries', title: t('webhooks.tries'), isNumber: true, cell: ({ tries }) => tries },
            { key: 'made', title: t('webhooks.happened'), cell: ({ createdAt }) => <Age at={createdAt} /> },
            {
              key: 'next',
              title: t('webhooks.next-try'),
              cell: ({ nextAt, state }) => (state === 'waiting' ? <Age at={nextAt} /> : null),
            },
          ]}
        />
      )}
      <Pager next={next} />
    </section>
  );
}
