import type { ShownServiceDelivery } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { withQuery } from '../../kernel/with-query.js';
import { Age } from '../../parts/age.js';
import { CopyButton } from '../../parts/copy-button.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';
import { DeliveryState } from './webhook-state.js';

interface DeliveryDetailProps {
  readonly delivery: ShownServiceDelivery;
  /** Path of the API of its webhook. */
  readonly path: string;
}

/** Shows one message: what was sent, each try with its answer; sends it once more. */
export function DeliveryDetail({ delivery, path }: DeliveryDetailProps) {
  const { t, api, reload, say, url } = usePlace();
  const again = useAction(async () => {
    await api.send('POST', `${path}/deliveries/${encodeURIComponent(delivery.id)}/redeliver`);
    await reload();
    say(t('webhooks.sent-again'));
  });
  return (
    <section class="panel" aria-labelledby="delivery">
      <h2 id="delivery">
        {delivery.kind} {delivery.subject}
      </h2>
      <p>
        <DeliveryState delivery={delivery} /> {delivery.why} <Age at={delivery.createdAt} />
      </p>
      <p>
        <code>{delivery.id}</code> <CopyButton text={delivery.id} />
      </p>
      {delivery.attempts.length === 0 ? (
        <p>{t('webhooks.not-tried')}</p>
      ) : (
        <ol class="attempts">
          {delivery.attempts.map((attempt, index) => (
            <li key={attempt.at}>
              <Attempt attempt={attempt} isOpen={index === delivery.attempts.length - 1} />
            </li>
          ))}
        </ol>
      )}
      <details>
        <summary>
          {t('webhooks.body')} <span class="muted">{delivery.contentType}</span>
        </summary>
        <pre>{delivery.body}</pre>
      </details>
      <ProblemNote problem={again.problem} />
      <p class="actions">
        <button type="button" disabled={again.isBusy} onClick={() => void again.run()}>
          {t('webhooks.redeliver')}
        </button>
        <a href={withQuery(url, { delivery: undefined })}>{t('settings.close')}</a>
      </p>
    </section>
  );
}

type DeliveryAttempt = ShownServiceDelivery['attempts'][number];

function Attempt({ attempt, isOpen }: { readonly attempt: DeliveryAttempt; readonly isOpen: boolean }) {
  const { t } = usePlace();
  const { at, milliseconds, requestHeaders, status, responseHeaders, responseBody, error } = attempt;
  return (
    <details open={isOpen}>
      <summary>
        {status === null ? t('webhooks.no-answer') : `HTTP ${status}`} <Age at={at} />{' '}
        <span class="muted">{t('webhooks.took', { n: milliseconds })}</span>
      </summary>
      {error !== '' && <p class="note note-bad">{error}</p>}
      <h3>{t('webhooks.request')}</h3>
      <pre>{headerLines(requestHeaders)}</pre>
      {status !== null && (
        <>
          <h3>{t('webhooks.response')}</h3>
          <pre>
            {headerLines(responseHeaders)}
            {responseBody === '' ? '' : `\n\n${responseBody}`}
          </pre>
        </>
      )}
    </details>
  );
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
