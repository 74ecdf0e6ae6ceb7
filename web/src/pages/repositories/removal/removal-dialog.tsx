import { useEffect, useState } from 'preact/hooks';
import type { ServiceRemovals } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Confirm } from '../../../parts/forms/confirm.js';
import { useAction } from '../../../parts/forms/use-action.js';
import { ProblemNote } from '../../../parts/problem-note.js';
import { RemovalPreview } from './removal-preview.js';
import { carryOutRemoval, previewRemoval, type RemovalFilter, type RemovalReport } from './removal-request.js';

interface RemovalDialogProps {
  readonly registry: string;
  readonly repository: string;
  /** Undefined: nothing is asked. */
  readonly filter: RemovalFilter | undefined;
  readonly onClose: () => void;
  readonly onDone: (report: RemovalReport) => void;
}

/** Shows which tags a filter would delete, and deletes just these. */
export function RemovalDialog({ registry, repository, filter, onClose, onDone }: RemovalDialogProps) {
  const { t, api, reload, say } = usePlace();
  const [preview, setPreview] = useState<ServiceRemovals>();
  const [deleted, setDeleted] = useState<number>();
  const place = { registry, repository };
  const look = useAction(async () => {
    if (filter === undefined) return;
    setPreview(undefined);
    setDeleted(undefined);
    setPreview(await previewRemoval(api, place, filter));
  });
  const remove = useAction(async () => {
    if (filter === undefined || preview === undefined) return;
    setDeleted(0);
    try {
      const report = await carryOutRemoval(api, place, filter, preview, setDeleted);
      say(t('bulk.done', { n: report.deleted }));
      onDone(report);
      await reload();
    } catch (error) {
      // What matches may be other tags by now: they are shown before anything else is deleted.
      void look.run();
      throw error;
    }
  });
  const forget = remove.forget;
  useEffect(() => {
    forget();
    if (filter !== undefined) void look.run();
  }, [filter, look.run, forget]);
  return (
    <Confirm
      title={t('bulk.title')}
      isOpen={filter !== undefined}
      onClose={onClose}
      action={remove}
      confirm={t('bulk.submit', { n: preview?.count ?? 0 })}
      isDangerous
      isBlocked={preview === undefined || preview.count === 0}
    >
      <div aria-live="polite">
        {look.isBusy && <p>{t('bulk.looking')}</p>}
        <ProblemNote problem={look.problem} />
        {preview !== undefined && <RemovalPreview preview={preview} />}
        {deleted !== undefined && preview !== undefined && remove.isBusy && (
          <p>
            <label>
              {t('bulk.progress', { done: deleted, n: preview.count })}{' '}
              <progress value={deleted} max={Math.max(1, preview.count)} />
            </label>
          </p>
        )}
      </div>
    </Confirm>
  );
}
