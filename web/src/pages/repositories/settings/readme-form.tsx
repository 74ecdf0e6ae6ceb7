import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { repositoryApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { Html } from '../../../parts/html.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import type { TaggedReadme } from '../hub/hub-types.js';

interface ReadmeFormProps {
  readonly repository: SizedServiceRepository;
  readonly readme: TaggedReadme | undefined;
}

/** Form of a repository's README; shows what became of it when it was saved. */
export function ReadmeForm({ repository: { registry, name }, readme }: ReadmeFormProps) {
  const { t, api, reload, say } = usePlace();
  const [source, setSource] = useState(readme?.text ?? '');
  const path = repositoryApi(registry, name, '/readme');
  const save = useAction(async () => {
    // Whoever wrote meanwhile is not written over: the version that was read must still be there.
    if (source.trim() === '') await api.send('DELETE', path);
    else await api.send('PUT', path, { text: source }, { 'If-Match': readme?.etag ?? '"0"' });
    await reload();
    say(t('repository-settings.saved'));
  });
  return (
    <section aria-labelledby="readme">
      <h2 id="readme">{t('repository-settings.readme')}</h2>
      <form
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <TextField
          label={t('repository-settings.readme.label')}
          name="readme"
          value={source}
          onValue={setSource}
          rows={14}
          hint={t('markdown.hint')}
        />
        <ProblemNote problem={save.problem} />
        <p class="actions">
          <button type="submit" disabled={save.isBusy}>
            {t('repository-settings.save')}
          </button>
        </p>
      </form>
      {readme !== undefined && (
        <details class="preview">
          <summary>{t('repository-settings.readme.preview')}</summary>
          <Html html={readme.html} />
        </details>
      )}
    </section>
  );
}
