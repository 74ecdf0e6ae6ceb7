import { useState } from 'preact/hooks';
import type { ServiceWebhook } from '../../../../src/service-client/service-types.js';
import { usePlace } from '../../kernel/place.js';
import { ConfirmButton } from '../../parts/forms/confirm-button.js';
import { ShownOnce } from '../../parts/forms/shown-once.js';
import { useAction } from '../../parts/forms/use-action.js';
import { ProblemNote } from '../../parts/problem-note.js';

interface WebhookActionsProps {
  readonly webhook: ServiceWebhook;
  /** Path of the API that it has. */
  readonly path: string;
}

/** Sends a test, turns a webhook on and off, gives it another secret, deletes it. */
export function WebhookActions({ webhook: { id, name, enabled }, path }: WebhookActionsProps) {
  const { t, api, reload, go, say } = usePlace();
  const [secret, setSecret] = useState<string>();
  const test = useAction(async () => {
    // The answer waits a while for the receiver's.
    const wait = { Prefer: 'wait=10' };
    const sent = await api.send<{ readonly id?: string } | null>('POST', `${path}/test`, undefined, wait);
    say(t('webhooks.test-sent'));
    if (sent?.id === undefined) await reload();
    else go(`/webhooks/${encodeURIComponent(id)}?delivery=${encodeURIComponent(sent.id)}`);
  });
  const turn = useAction(async () => {
    await api.send('PATCH', path, { enabled: !enabled });
    await reload();
    say(t('settings.saved'));
  });
  return (
    <>
      {secret !== undefined && (
        <ShownOnce title={t('webhooks.new-secret')} secret={secret} onClose={() => setSecret(undefined)}>
          <p>{t('webhooks.rotate-text')}</p>
        </ShownOnce>
      )}
      <p class="actions">
        <button type="button" disabled={test.isBusy} onClick={() => void test.run()}>
          {t('webhooks.test')}
        </button>
        <button type="button" disabled={turn.isBusy} onClick={() => void turn.run()}>
          {t(enabled ? 'settings.disable' : 'settings.enable')}
        </button>
        <ConfirmButton
          label={t('webhooks.rotate')}
          title={t('webhooks.rotate-title', { name })}
          done={t('webhooks.new-secret')}
          isDangerous={false}
          work={async () => setSecret((await api.send<{ secret: string }>('POST', `${path}/rotate-secret`, {})).secret)}
        >
          <p>{t('webhooks.rotate-text')}</p>
        </ConfirmButton>
        <ConfirmButton
          label={t('settings.delete')}
          title={t('access.delete-title', { name })}
          done={t('settings.deleted')}
          typed={name}
          work={async () => {
            await api.send('DELETE', path);
            go('/webhooks');
          }}
        >
          <p>{t('webhooks.delete-text')}</p>
        </ConfirmButton>
      </p>
      <ProblemNote problem={test.problem ?? turn.problem} />
    </>
  );
}
