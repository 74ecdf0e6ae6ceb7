import { useState } from 'preact/hooks';
import type { SizedServiceRepository } from '../../../../../src/service-client/service-types.js';
import { apiPath } from '../../../kernel/api/api.js';
import { usePlace } from '../../../kernel/place.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { focusLater } from '../../../parts/focus-later.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { Html } from '../../../parts/html.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { noticeLevels } from '../hub/hub-types.js';

/** Shows the notices about a repository, pins one to it, and takes them away. */
export function NoticeSettings({
  repository: { registry, name, notices = [] },
}: {
  readonly repository: SizedServiceRepository;
}) {
  const { t, api, reload, say } = usePlace();
  const [level, setLevel] = useState<(typeof noticeLevels)[number]>('info');
  const [text, setText] = useState('');
  const [until, setUntil] = useState('');
  const add = useAction(async () => {
    await api.send('POST', '/api/v1/notices', {
      registry,
      path: name,
      level,
      text,
      until: until === '' ? null : `${until}T23:59:59Z`,
    });
    await reload();
    say(t('notices.added'));
    setText('');
  });
  const remove = useAction(async (id: string) => {
    await api.send('DELETE', apiPath`/api/v1/notices/${id}`);
    await reload();
    say(t('notices.removed'));
    focusLater(() => document.getElementById('notices'));
  });
  return (
    <>
      <h2 id="notices" tabIndex={-1}>
        {t('notices.label')}
      </h2>
      <ProblemNote problem={remove.problem} />
      <ul class="rows">
        {notices.map(({ id, level: of, html, path }) => (
          <li key={id}>
            <strong>{t(`notices.level.${of}`)}</strong> <span class="muted">{path}</span>
            <Html html={html} />
            {path === name && (
              <button type="button" class="quiet" disabled={remove.isBusy} onClick={() => void remove.run(id)}>
                {t('notices.remove')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <details>
        <summary>{t('notices.add')}</summary>
        <form
          method="post"
          onSubmit={(event) => {
            event.preventDefault();
            void add.run();
          }}
        >
          <Choice
            label={t('notices.level')}
            name="level"
            value={level}
            onValue={setLevel}
            options={noticeLevels.map((value) => ({ value, label: t(`notices.level.${value}`) }))}
          />
          <TextField
            label={t('notices.text')}
            name="notice"
            value={text}
            onValue={setText}
            rows={4}
            hint={t('markdown.hint')}
            required
          />
          <TextField
            label={t('notices.until')}
            name="until"
            type="date"
            value={until}
            onValue={setUntil}
            hint={t('notices.until.hint')}
          />
          <ProblemNote problem={add.problem} />
          <p class="actions">
            <button type="submit" disabled={add.isBusy}>
              {t('notices.submit')}
            </button>
          </p>
        </form>
      </details>
    </>
  );
}
