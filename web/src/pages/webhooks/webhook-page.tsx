import type {
  ServiceDelivery,
  ServiceWebhook,
  ShownServiceDelivery,
} from '../../../../src/service-client/service-types.js';
import { apiPath, apiQuery } from '../../kernel/api/api.js';
import type { Items } from '../../kernel/api/items.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { registryNames } from '../access/registry-choice.js';
import { Deliveries } from './deliveries.js';
import { DeliveryDetail } from './delivery-detail.js';
import { WebhookActions } from './webhook-actions.js';
import { WebhookForm } from './webhook-form.js';
import { WebhookState } from './webhook-state.js';

interface WebhookData {
  readonly webhook: ServiceWebhook;
  readonly deliveries: Items<ServiceDelivery>;
  /** Message that the address names. */
  readonly shown: ShownServiceDelivery | undefined;
  readonly registries: readonly string[];
}

/** Page of one webhook: what it hears of, and all that it was sent. */
export const webhookPage = definePage<WebhookData>({
  title: ({ webhook }) => webhook.name,
  needsAccount: true,
  load: async ({ api, params, query }) => {
    const path = apiPath`/api/v1/webhooks/${params.id ?? ''}`;
    const delivery = query.get('delivery') ?? '';
    const [webhook, deliveries, shown, registries] = await Promise.all([
      api.get<ServiceWebhook>(path),
      api.get<Items<ServiceDelivery>>(`${path}/deliveries${apiQuery({ after: query.get('after'), limit: 25 })}`),
      delivery === ''
        ? undefined
        : api.find<ShownServiceDelivery>(`${path}/deliveries/${encodeURIComponent(delivery)}`),
      registryNames(api),
    ]);
    return { webhook, deliveries, shown, registries };
  },
  View: ({ data: { webhook, deliveries, shown, registries } }) => {
    const { t, api, reload, say } = usePlace();
    const path = apiPath`/api/v1/webhooks/${webhook.id}`;
    return (
      <>
        <p class="crumbs">
          <a href="/webhooks">{t('nav.webhooks')}</a>
        </p>
        <div class="title-row">
          <h1 tabIndex={-1}>{webhook.name}</h1>
          <p>
            <WebhookState webhook={webhook} />
          </p>
        </div>
        {!webhook.enabled && webhook.disabledWhy !== '' && (
          <p class="note note-bad">
            {t('webhooks.disabled-why')} {webhook.disabledWhy} <Age at={webhook.disabledAt} never="" />
          </p>
        )}
        <dl class="facts">
          <dt>{t('webhooks.url')}</dt>
          <dd>
            <code>{webhook.url}</code>
          </dd>
          <dt>{t('webhooks.hears-for')}</dt>
          <dd>{webhook.account ?? t('webhooks.hears-all')}</dd>
          <dt>{t('settings.made')}</dt>
          <dd>
            <Age at={webhook.createdAt} /> {webhook.createdBy !== '' && t('access.by', { name: webhook.createdBy })}
          </dd>
        </dl>
        <WebhookActions webhook={webhook} path={path} />
        {shown !== undefined && <DeliveryDetail key={shown.id} delivery={shown} path={path} />}
        <Deliveries webhook={webhook.id} deliveries={deliveries} />
        <details class="panel">
          <summary>{t('settings.change')}</summary>
          <WebhookForm
            key={JSON.stringify(webhook)}
            registries={registries}
            webhook={webhook}
            submit={t('settings.save')}
            send={async (body) => {
              await api.send('PATCH', path, body);
              await reload();
              say(t('settings.saved'));
            }}
          />
        </details>
      </>
    );
  },
});
