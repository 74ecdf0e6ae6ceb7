import type { ServiceDelivery, ServiceWebhook } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { Age } from '../../parts/age.js';
import { Badge } from '../../parts/badge.js';

/** Says whether a webhook is sent to. */
export function WebhookState({
  webhook: { enabled, disabledWhy, failingSince },
}: {
  readonly webhook: ServiceWebhook;
}) {
  const { t } = usePlace();
  if (!enabled) return <Badge tone={disabledWhy === '' ? 'plain' : 'bad'}>{t('settings.disabled')}</Badge>;
  if (failingSince === null) return <Badge tone="good">{t('settings.enabled')}</Badge>;
  return (
    <>
      <Badge tone="bad">{t('webhooks.fails')}</Badge> <Age at={failingSince} />
    </>
  );
}

const tones = { waiting: 'busy', delivered: 'good', failed: 'bad' } as const;

/** Says how far a message is. */
export function DeliveryState({ delivery: { state } }: { readonly delivery: ServiceDelivery }) {
  const { t } = usePlace();
  return <Badge tone={tones[state]}>{t(`webhooks.state.${state}`)}</Badge>;
}
