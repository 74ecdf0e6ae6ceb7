import type { ServiceAuditEvent } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';

/** Shows by which means something was done, from where, and what is known of it; folded. */
export function EventDetail({ event }: { readonly event: ServiceAuditEvent }) {
  const { t } = usePlace();
  const { means, actorKind, address, userAgent, requestId, detail } = event;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [t('audit.means'), `${actorKind} ${means}`.trim()],
    [t('account.address'), address],
    [t('account.program'), userAgent],
    [t('audit.request'), requestId],
  ];
  return (
    <details>
      <summary>
        {address === '' ? t('audit.detail') : <code>{address}</code>}
        <span class="visually-hidden"> {t('audit.detail')}</span>
      </summary>
      <dl class="facts facts-narrow">
        {facts.map(([name, value]) =>
          value === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {Object.keys(detail).length > 0 && <pre>{JSON.stringify(detail, null, 2)}</pre>}
    </details>
  );
}
