import { useEffect, useRef } from 'preact/hooks';
import type { RestoredServiceTag } from '../../../../../src/service-client/service-types.js';
import { tagApi } from '../../../kernel/api/api-paths.js';
import { usePlace } from '../../../kernel/place.js';
import { Age } from '../../../parts/age.js';
import { focusLater } from '../../../parts/focus-later.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';

/** Tag that was deleted. */
export interface Removed {
  readonly tag: string;
  readonly digest: string;
  /** Until when it can be brought back; null: not at all. */
  readonly until: string | null;
}

interface UndoNoteProps {
  readonly registry: string;
  readonly repository: string;
  readonly removed: Removed | undefined;
  readonly onDone: () => void;
}

/** Says that a tag was deleted, and brings it back. It has the focus: the row that had it is gone. */
export function UndoNote({ registry, repository, removed, onDone }: UndoNoteProps) {
  const { t, api, reload, say } = usePlace();
  const note = useRef<HTMLDivElement>(null);
  const restore = useAction(async ({ tag, digest }: Removed) => {
    await api.send<RestoredServiceTag>('POST', tagApi(registry, repository, tag, '/restore'), { digest });
    await reload();
    say(t('undo.done', { tag }));
    onDone();
    focusLater();
  });
  useEffect(() => {
    if (removed !== undefined) focusLater(() => note.current);
  }, [removed]);
  if (removed === undefined) return null;
  return (
    <div class="note note-good" role="status" tabIndex={-1} ref={note}>
      <p>
        {t('undo.deleted', { tag: removed.tag })}{' '}
        {removed.until === null ? (
          t('undo.gone')
        ) : (
          <>
            {t('undo.until')} <Age at={removed.until} />
          </>
        )}
      </p>
      {removed.until !== null && (
        <p class="actions">
          <button type="button" disabled={restore.isBusy} onClick={() => void restore.run(removed)}>
            {t('undo.restore')}
          </button>
        </p>
      )}
      <ProblemNote problem={restore.problem} />
    </div>
  );
}
