import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ServiceJob } from '../../../../../src/service-client/service-types.js';
import { usePlace } from '../../../kernel/place.js';
import { Check } from '../../../parts/fields/check.js';
import { Choice } from '../../../parts/fields/choice.js';
import { TextField } from '../../../parts/fields/text-field.js';
import { FoundLines } from './found-lines.js';
import { OutputRowView, rowKey } from './output-row.js';
import { type OutputRow, rowsOf } from './output-rows.js';
import { RowWindow } from './row-window.js';
import { useOutput } from './use-output.js';

/** Milliseconds that a search looks at a time. */
const slice = 10;

/** Shows the output of a job as it comes: by host and task, or in the order of time; what is searched for alone. */
export function OutputView({ job, onEnd }: { readonly job: ServiceJob; readonly onEnd: (job: ServiceJob) => void }) {
  const { t } = usePlace();
  const { log, version, isCut, isOver, redraw } = useOutput(job.id, onEnd);
  const [order, setOrder] = useState<'tasks' | 'time'>('tasks');
  const [text, setText] = useState('');
  const [onlyBad, setOnlyBad] = useState(false);
  const [isFollowing, setFollowing] = useState(job.state !== 'done');
  const isFlat = order === 'time' || text !== '' || onlyBad;
  const found = useMemo(() => new FoundLines(text, onlyBad), [text, onlyBad, log]);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const isWhole = !isFlat || found.look(log.lines, slice);
  useEffect(() => {
    if (isWhole) return;
    timer.current = setTimeout(redraw, 0);
    return () => clearTimeout(timer.current);
  });
  const total = isFlat ? found.lines.length : log.rows;
  const rows = useCallback(
    (start: number, count: number) => {
      const some: OutputRow[] = isFlat
        ? found.lines.slice(start, start + count).map((line) => ({ kind: 'line', line, isAlone: true }))
        : rowsOf(log.hosts, start, count);
      return some.map((row, index) => ({
        key: rowKey(row, start + index),
        content: (
          <OutputRowView
            row={row}
            toggle={(group) => {
              setFollowing(false);
              log.toggle(group);
              redraw();
            }}
          />
        ),
      }));
    },
    [isFlat, found, log, version],
  );
  const toggleAll = (isOpen: boolean) => {
    setFollowing(false);
    log.toggleAll(isOpen);
    redraw();
  };
  return (
    <>
      <div class="filters output-tools">
        <TextField label={t('output.search')} type="search" value={text} onValue={setText} />
        <Choice
          label={t('output.order')}
          value={order}
          options={[
            { value: 'tasks', label: t('output.order.tasks') },
            { value: 'time', label: t('output.order.time') },
          ]}
          onValue={setOrder}
        />
        <Check label={t('output.only-errors')} isChecked={onlyBad} onChange={setOnlyBad} />
        <button type="button" aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
          {t('output.follow')}
        </button>
        {!isFlat && (
          <>
            <button type="button" onClick={() => toggleAll(true)}>
              {t('output.open-all')}
            </button>
            <button type="button" onClick={() => toggleAll(false)}>
              {t('output.close-all')}
            </button>
          </>
        )}
      </div>
      <p class="muted" role="status">
        {isFlat ? t('output.found', { n: total }) : t('output.lines', { n: log.lines.length })}{' '}
        {isCut && !isOver && t('output.cut')}
      </p>
      <RowWindow
        label={t('output.title')}
        total={total}
        rows={rows}
        isFollowing={isFollowing}
        onFollowing={setFollowing}
      />
    </>
  );
}
