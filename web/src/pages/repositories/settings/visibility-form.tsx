import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { useAction } from '../../../parts/forms/use-action.js';
import type { Visibility } from '../../../parts/images/visibility-badge.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import type { CollaboratorPage } from '../hub/hub-types.js';

const choices = ['inherited', 'public', 'internal', 'private'] as const;

interface VisibilityFormProps {
  readonly repository: SizedServiceRepository;
  /** Rule that counts; undefined: it is not known. */
  readonly open: CollaboratorPage['open'] | undefined;
}

/** Form of who sees a repository without a role. */
export function VisibilityForm({ repository, open }: VisibilityFormProps) {
  const { t, api, reload, say } = usePlace();
  const { registry, name, visibility } = repository;
  const [chosen, setChosen] = useState<Visibility | 'inherited'>(
    open !== undefined && open.path !== name ? 'inherited' : visibility,
  );
  const save = useAction(async () => {
    await api.send('PUT', repositoryApi(registry, name, '/visibility'), {
      visibility: chosen === 'inherited' ? null : chosen,
    });
    await reload();
    say(t('repository-settings.saved'));
  });
  return (
    <section aria-labelledby="visibility">
      <h2 id="visibility">{t('repository.visibility')}</h2>
      <form
        method="post"
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Choice
          label={t('repository-settings.visibility.label')}
          name="visibility"
          value={chosen}
          onValue={setChosen}
          options={choices.map((value) => ({ value, label: t(`repository-settings.visibility.${value}`) }))}
        />
        <ProblemNote problem={save.problem} />
        <p class="actions">
          <button type="submit" disabled={save.isBusy}>
            {t('repository-settings.save')}
          </button>
        </p>
      </form>
    </section>
  );
}
