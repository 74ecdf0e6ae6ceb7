import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { useForm } from '../../../parts/forms/use-form.js';
import { ProblemNote } from '../../../parts/problem-note.js';

interface ImportAnswer {
  readonly created: readonly string[];
  readonly skipped: readonly string[];
}

/** Makes users of a file of htpasswd. It is read in the browser, and can be looked at before it is sent. */
export function ImportForm() {
  const { t, api, reload } = usePlace();
  const [answer, setAnswer] = useState<ImportAnswer>();
  const form = useForm({ htpasswd: '' }, async ({ htpasswd }) => {
    setAnswer(undefined);
    setAnswer(await api.send<ImportAnswer>('POST', '/api/v1/users/import', { htpasswd }));
    form.set('htpasswd', '');
    await reload();
  });
  return (
    <form method="post" onSubmit={form.onSubmit} aria-label={t('access.import')}>
      <p>{t('access.import-text')}</p>
      <p class="field">
        <label>
          {t('access.import-file')}{' '}
          <input
            type="file"
            accept=".htpasswd,text/plain"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file !== undefined) void file.text().then((text) => form.set('htpasswd', text));
            }}
          />
        </label>
      </p>
      <TextField {...form.text('htpasswd')} label={t('access.import-lines')} rows={5} required />
      <ProblemNote problem={form.problem} />
      <div role="status">
        {answer !== undefined && (
          <div class="note note-good">
            <p>{t('access.imported', { n: answer.created.length })}</p>
            {answer.created.length > 0 && <p>{answer.created.join(', ')}</p>}
            {answer.skipped.length > 0 && <p>{t('access.import-skipped', { names: answer.skipped.join(', ') })}</p>}
          </div>
        )}
      </div>
      <p class="actions">
        <button type="submit" class="primary" disabled={form.isBusy}>
          {t('access.import-do')}
        </button>
      </p>
    </form>
  );
}
