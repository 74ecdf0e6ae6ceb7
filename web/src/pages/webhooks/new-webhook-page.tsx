import { useState } from 'preact/hooks';
import type { IssuedServiceWebhook } from '../../../../src/service-client/service-types.js';
import { definePage } from '../../kernel/page.js';
import { usePlace } from '../../kernel/place.js';
import { ShownOnce } from '../../parts/forms/shown-once.js';
import { registryNames } from '../access/registry-choice.js';
import { WebhookForm } from './webhook-form.js';

/** Page that makes a webhook, and shows its secret once. */
export const newWebhookPage = definePage<{ readonly registries: readonly string[] }>({
  title: (_, t) => t('webhooks.new'),
  needsAccount: true,
  load: async ({ api }) => ({ registries: await registryNames(api) }),
  View: ({ data: { registries } }) => {
    const { t, api, go } = usePlace();
    const [issued, setIssued] = useState<IssuedServiceWebhook>();
    return (
      <>
        <p class="crumbs">
          <a href="/webhooks">{t('nav.webhooks')}</a>
        </p>
        <h1 tabIndex={-1}>{t('webhooks.new')}</h1>
        {issued === undefined ? (
          <WebhookForm
            registries={registries}
            submit={t('webhooks.make')}
            send={async (body) => {
              setIssued(await api.send<IssuedServiceWebhook>('POST', '/api/v1/webhooks', body));
            }}
          />
        ) : (
          <ShownOnce
            title={t('webhooks.made', { name: issued.name })}
            secret={issued.secret}
            onClose={() => go(`/webhooks/${encodeURIComponent(issued.id)}`)}
          >
            <p>{t('webhooks.secret-text')}</p>
          </ShownOnce>
        )}
      </>
    );
  },
});
