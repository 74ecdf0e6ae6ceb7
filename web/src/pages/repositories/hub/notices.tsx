import { usePlace } from '../../../kernel/place.js';
import { Html } from '../../../parts/html.js';
import type { Notice } from './hub-types.js';

/** Shows the notices about a repository, the strongest first. */
export function Notices({ notices }: { readonly notices: readonly Pick<Notice, 'id' | 'level' | 'html'>[] }) {
  const { t } = usePlace();
  if (notices.length === 0) return null;
  return (
    <section aria-label={t('notices.label')}>
      {notices.map(({ id, level, html }) => (
        <div key={id} class={`note ${level === 'info' ? '' : level === 'warning' ? 'note-warn' : 'note-bad'}`}>
          <strong>{t(`notices.level.${level}`)}</strong>
          <Html html={html} />
        </div>
      ))}
    </section>
  );
}
