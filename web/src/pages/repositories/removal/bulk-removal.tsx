import { useState } from 'preact/hooks';
import { usePlace } from '../../../kernel/place.js';
import { BulkFilter } from './bulk-filter.js';
import { RemovalDialog } from './removal-dialog.js';
import { RemovalDone } from './removal-done.js';
import type { RemovalFilter, RemovalReport } from './removal-request.js';

/** Tags that one request can name. */
const most = 100;

interface BulkRemovalProps {
  readonly registry: string;
  readonly repository: string;
  readonly selected: ReadonlySet<string>;
  readonly onDone: () => void;
}

/** Deletes many tags: those that are selected, or those that a filter means; each time with a preview. */
export function BulkRemoval({ registry, repository, selected, onDone }: BulkRemovalProps) {
  const { t } = usePlace();
  const [filter, setFilter] = useState<RemovalFilter>();
  const [report, setReport] = useState<RemovalReport>();
  const isTooMany = selected.size > most;
  return (
    <section aria-label={t('bulk.title')}>
      <RemovalDone report={report} />
      <details class="bulk">
        <summary>{t('bulk.by-filter')}</summary>
        <BulkFilter onPreview={setFilter} />
      </details>
      <div class="selection" aria-live="polite">
        {selected.size > 0 && (
          <p class="actions">
            <span>{isTooMany ? t('bulk.too-many', { n: most }) : t('bulk.selected', { n: selected.size })}</span>
            <button
              type="button"
              class="danger"
              aria-haspopup="dialog"
              disabled={isTooMany}
              onClick={() => setFilter({ tags: [...selected] })}
            >
              {t('bulk.delete-selected')}
            </button>
            <button type="button" onClick={onDone}>
              {t('bulk.select-none')}
            </button>
          </p>
        )}
      </div>
      <RemovalDialog
        registry={registry}
        repository={repository}
        filter={filter}
        onClose={() => setFilter(undefined)}
        onDone={(done) => {
          setReport(done);
          onDone();
        }}
      />
    </section>
  );
}
