import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Form of the line that says what a repository is. */
export function DescriptionForm({ repository }: { readonly repository: SizedServiceRepository }) {
  const { t, api, reload, say } = usePlace();
  const { registry, name, description, descriptionFrom } = repository;
  const [text, setText] = useState(descriptionFrom === 'image' ? '' : description);
  const save = useAction(async () => {
    await api.send('PUT', repositoryApi(registry, name, '/description'), { description: text });
    await reload();
    say(t('repository-settings.saved'));
  });
  return (
    <section aria-labelledby="description">
      <h2 id="description">{t('repository-settings.description')}</h2>
      <form
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <TextField
          label={t('repository-settings.description.label')}
          name="description"
          value={text}
          onValue={setText}
          maxLength={500}
          hint={
            descriptionFrom === 'image' ? t('repository-settings.description.image', { text: description }) : undefined
          }
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
