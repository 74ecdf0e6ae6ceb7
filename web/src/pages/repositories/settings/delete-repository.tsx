import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { Confirm } from '../../../parts/forms/confirm.js';
import { useAction } from '../../../parts/forms/use-action.js';

/** Deletes a repository with all that is in it. Its name must be typed first. */
export function DeleteRepository({
  repository: { registry, name, tags },
}: {
  readonly repository: SizedServiceRepository;
}) {
  const { t, api, go, say } = usePlace();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useAction(async () => {
    await api.send('DELETE', repositoryApi(registry, name));
    say(t('repository-settings.delete.done', { name }));
    go('/repositories');
  });
  return (
    <section aria-labelledby="delete-repository">
      <h2 id="delete-repository">{t('repository-settings.delete')}</h2>
      <button
        type="button"
        class="danger"
        aria-haspopup="dialog"
        onClick={() => {
          setTyped('');
          setOpen(true);
        }}
      >
        {t('repository-settings.delete.open')}
      </button>
      <Confirm
        title={t('repository-settings.delete.title', { name })}
        isOpen={isOpen}
        onClose={() => {
          remove.forget();
          setOpen(false);
        }}
        action={remove}
        confirm={t('repository-settings.delete')}
        isDangerous
        isBlocked={typed !== name}
      >
        <p>{t('repository-settings.delete.text', { n: tags })}</p>
        <TextField
          label={t('repository-settings.delete.type', { name })}
          value={typed}
          onValue={setTyped}
          autocomplete="off"
        />
      </Confirm>
    </section>
  );
}
