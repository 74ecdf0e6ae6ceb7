import { useEffect, useRef } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { focusLater } from '../../../parts/focus-later.js';
import type { RemovalReport } from './removal-request.js';

/** Says how a deletion of many tags ended. It has the focus then. */
export function RemovalDone({ report }: { readonly report: RemovalReport | undefined }) {
  const { t, url } = usePlace();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (report !== undefined) focusLater(() => note.current);
  }, [report]);
  if (report === undefined) return null;
  const { deleted, failed, until } = report;
  return (
    <div class={`note ${failed.length === 0 ? 'note-good' : 'note-warn'}`} role="status" tabIndex={-1} ref={note}>
      <p>{t('bulk.done', { n: deleted })}</p>
      {failed.length > 0 && (
        <ul>
          {failed.slice(0, 20).map(({ tag, problem }) => (
            <li key={tag}>
              <code>{tag}</code> {problem || t('bulk.changed')}
            </li>
          ))}
        </ul>
      )}
      {until !== null && (
        <p>
          <a href={`${url.split('?')[0]}?tab=removed`}>{t('bulk.bring-back')}</a>
        </p>
      )}
    </div>
  );
}
