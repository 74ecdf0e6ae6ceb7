import { usePlace } from '../../../kernel/place.js';
import { Badge, type Tone } from '../../../parts/badge.js';
import { durationText } from '../../../parts/jobs/duration.js';
import type { HostGroup, OutputRow, TaskGroup } from './output-rows.js';

const tones: Readonly<Record<string, Tone>> = {
  ok: 'good',
  changed: 'good',
  failed: 'bad',
  kept: 'warn',
  'would-change': 'warn',
  unknown: 'warn',
};

/** Returns a name of a row: it stays the same while rows are added. */
export function rowKey(row: OutputRow, index: number): string {
  if (row.kind === 'host') return `host ${row.host.name}`;
  if (row.kind === 'task') return `task ${row.task.searched} ${row.task.host.tasks.indexOf(row.task)}`;
  return `line ${row.line.sequence} ${index}`;
}

/** Shows a row of the output: the head of a host or a task, or a line. */
export function OutputRowView({
  row,
  toggle,
}: {
  readonly row: OutputRow;
  readonly toggle: (group: HostGroup | TaskGroup) => void;
}) {
  const { t, language } = usePlace();
  if (row.kind === 'line') {
    const { text, tone, task } = row.line;
    return (
      <span class={`output-line output-${tone}`}>
        {row.isAlone && (
          <span class="output-of">{[task.host.name, task.name].filter((each) => each !== '').join(' · ')} </span>
        )}
        {text}
      </span>
    );
  }
  const group = row.kind === 'host' ? row.host : row.task;
  return (
    <button
      type="button"
      class={`output-head output-head-${row.kind}`}
      aria-expanded={group.isOpen}
      onClick={() => toggle(group)}
    >
      <span aria-hidden="true">{group.isOpen ? '▾' : '▸'}</span>
      {row.kind === 'host' ? (
        <>
          <strong>{row.host.name === '' ? t('output.run') : row.host.name}</strong>
          {Object.entries(row.host.counts).map(([outcome, n]) => (
            <span
              key={outcome}
              class={outcome === 'failed' ? 'output-bad' : 'muted'}
            >{`${outcomeText(outcome)} ${n}`}</span>
          ))}
        </>
      ) : (
        <>
          <span>{row.task.name === '' ? t('output.general') : row.task.name}</span>
          {row.task.outcome !== undefined && (
            <Badge tone={tones[row.task.outcome] ?? 'plain'}>{outcomeText(row.task.outcome)}</Badge>
          )}
          {row.task.outcome === undefined && row.task.name !== '' && <Badge tone="busy">{t('output.under-way')}</Badge>}
          <span class="muted">
            {row.task.summary}
            {row.task.seconds !== undefined && row.task.seconds >= 1 && ` ${durationText(row.task.seconds, language)}`}
          </span>
        </>
      )}
    </button>
  );

  function outcomeText(outcome: string): string {
    const known = ['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown'] as const;
    const found = known.find((each) => each === outcome);
    return found === undefined ? outcome : t(`output.outcome.${found}`);
  }
}
