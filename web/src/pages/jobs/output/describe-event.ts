import type { Translate } from '../../../kernel/messages.js';
import type { LineTone } from './output-rows.js';

/** Part of an event as it is shown: to which host and task it belongs, and a line or an outcome. */
export interface EventText {
  readonly host?: string;
  /** Tells tasks of a host apart. */
  readonly task?: string;
  /** Name of the task. */
  readonly name?: string;
  readonly outcome?: string;
  readonly summary?: string;
  readonly seconds?: number | undefined;
  readonly line?: { readonly text: string; readonly tone: LineTone };
}

/** Events that say nothing that others do not say better. */
const quiet = new Set(['host-start', 'host-facts', 'host-end', 'job-end']);
const tones: Readonly<Record<string, LineTone>> = {
  changed: 'good',
  failed: 'bad',
  kept: 'warn',
  'would-change': 'warn',
  unknown: 'warn',
  skipped: 'muted',
};

/** Returns the lines of an event. One that is not known is shown as it is: nothing of a job is lost. */
export function describeEvent(event: Readonly<Record<string, unknown>>, t: Translate): EventText[] {
  const kind = textOf(event.event);
  if (quiet.has(kind)) return [];
  const host = event.host === undefined ? {} : { host: textOf(event.host) };
  const plain = (text: string, tone: LineTone = 'plain'): EventText[] => linesOf({ ...host }, text, tone);
  switch (kind) {
    case 'run-start':
      return plain(
        t(event.check === true ? 'output.event.check' : 'output.event.run', { hosts: listOf(event.hosts) }),
        'muted',
      );
    case 'play-start':
      return plain(t('output.event.play', { play: textOf(event.play), hosts: listOf(event.hosts) }), 'muted');
    case 'message':
      return plain(textOf(event.text), event.level === 'warning' ? 'warn' : 'plain');
    case 'host-failed':
    case 'host-unreachable':
      return plain([textOf(event.message), textOf(event.hint)].filter((text) => text !== '').join('\n'), 'bad');
    case 'run-end':
      return plain(
        t(event.interrupted === true ? 'output.event.interrupted' : 'output.event.ended', {
          seconds: Number(event.seconds),
        }),
        'muted',
      );
    case 'task-start':
      return [ofTask(event)];
    case 'task-line':
      return linesOf(ofTask(event), textOf(event.line), 'plain');
    case 'task-retry': {
      const text = `${textOf(event.attempt)}/${textOf(event.attempts)}: ${textOf(event.summary)}`;
      return linesOf(ofTask(event), text, 'warn');
    }
    case 'task-end':
      return endOfTask(event);
    default:
      return plain(JSON.stringify(event), 'muted');
  }
}

function ofTask({ host, play, role, task, index, handler }: Readonly<Record<string, unknown>>): EventText {
  const name = role === undefined ? textOf(task) : `${textOf(role)}: ${textOf(task)}`;
  return { host: textOf(host), task: `${textOf(play)} ${textOf(index)} ${handler === true} ${name}`, name };
}

function endOfTask(event: Readonly<Record<string, unknown>>): EventText[] {
  const task = ofTask(event);
  const outcome = textOf(event.outcome);
  const summary = textOf(event.summary);
  const tone = tones[outcome] ?? 'plain';
  const { diff } = event;
  return [
    ...linesOf(task, summary === '' ? outcome : `${outcome}: ${summary}`, tone),
    ...linesOf(task, textOf(event.hint), 'warn'),
    ...linesOf(task, Array.isArray(event.details) ? event.details.map(textOf).join('\n') : '', 'muted'),
    ...linesOf(task, textOf(event.stdout), tone),
    ...linesOf(task, textOf(event.stderr), tone),
    ...(isRecord(diff)
      ? [
          ...linesOf(task, `--- ${textOf(diff.label)}`, 'muted'),
          ...linesOf(task, signed(textOf(diff.before), '- '), 'warn'),
          ...linesOf(task, signed(textOf(diff.after), '+ '), 'good'),
        ]
      : []),
    { ...task, outcome, summary, seconds: typeof event.seconds === 'number' ? event.seconds : undefined },
  ];
}

function linesOf(place: EventText, text: string, tone: LineTone): EventText[] {
  if (text === '') return [];
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((each) => ({ ...place, line: { text: each, tone } }));
}

function signed(text: string, sign: string): string {
  return text === '' ? '' : text.replace(/\n$/, '').replace(/^/gm, sign);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : String(value);
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
