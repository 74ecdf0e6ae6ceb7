import type { ServiceUser } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { ConfirmButton } from '../../../parts/forms/confirm-button.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Closes and opens an account, ends the delay after wrong passwords, deletes it. */
export function UserActions({ user: { name, disabled } }: { readonly user: ServiceUser }) {
  const { t, api, reload, go, say } = usePlace();
  const path = apiPath`/api/v1/users/${name}`;
  const unlock = useAction(async () => {
    await api.send('POST', `${path}/unlock`);
    say(t('access.unlocked'));
  });
  const enable = useAction(async () => {
    await api.send('PATCH', path, { disabled: false });
    await reload();
    say(t('settings.saved'));
  });
  return (
    <section>
      <h2>{t('settings.actions')}</h2>
      <ul class="rows">
        <li>
          <p>{t(disabled ? 'access.enable-text' : 'access.disable-text')}</p>
          {disabled ? (
            <button type="button" disabled={enable.isBusy} onClick={() => void enable.run()}>
              {t('settings.enable')}
            </button>
          ) : (
            <ConfirmButton
              label={t('settings.disable')}
              title={t('access.disable-title', { name })}
              done={t('settings.saved')}
              work={async () => {
                await api.send('PATCH', path, { disabled: true });
                await reload();
              }}
            >
              <p>{t('access.disable-text')}</p>
            </ConfirmButton>
          )}
          <ProblemNote problem={enable.problem} />
        </li>
        <li>
          <p>{t('access.unlock-text')}</p>
          <button type="button" disabled={unlock.isBusy} onClick={() => void unlock.run()}>
            {t('access.unlock')}
          </button>
          <ProblemNote problem={unlock.problem} />
        </li>
        <li>
          <p>{t('access.delete-text')}</p>
          <ConfirmButton
            label={t('access.delete-user')}
            title={t('access.delete-title', { name })}
            done={t('settings.deleted')}
            typed={name}
            work={async () => {
              await api.send('DELETE', path);
              go('/access/users');
            }}
          >
            <p>{t('access.delete-text')}</p>
          </ConfirmButton>
        </li>
      </ul>
    </section>
  );
}
