import type { RunEvent, RunReport } from '../../src/engine/events.js';
import type { RunHeader } from '../../src/report/log/run-log-files.js';
import { hostile } from './payload.js';

const time = '2026-03-01T12:00:01.000Z';
const counts = {
  ok: 1,
  changed: 1,
  kept: 0,
  unknown: 0,
  unreachable: 0,
  failed: 1,
  skipped: 0,
  rescued: 0,
  ignored: 0,
};
const host = hostile('host');
const hosts = { [host]: { ...counts, seconds: 1 } };
const task = {
  time,
  host,
  play: hostile('play'),
  role: hostile('role'),
  task: hostile('task'),
  delegate: hostile('delegate'),
  index: 1,
  handler: true,
};
const told = { message: hostile('message'), hint: hostile('hint') };
const end = {
  ...task,
  summary: hostile('summary'),
  hint: hostile('hint'),
  diff: { label: hostile('label'), before: hostile('before'), after: hostile('after') },
  details: [hostile('detail')],
  stdout: hostile('stdout'),
  stderr: hostile('stderr'),
  status: 1,
  place: { file: `/tmp/${hostile('file')}`, line: 1, column: 1 },
  seconds: 1,
};

/** A run that tells of itself in every event there is, each text of them hostile. */
export const hostileEvents: readonly RunEvent[] = [
  { event: 'run-start', time, check: false, hosts: [host] },
  { event: 'play-start', time, play: hostile('play'), hosts: [host] },
  { event: 'host-start', time, host, play: hostile('play') },
  { event: 'host-facts', time, host, play: hostile('play'), facts: { [hostile('fact')]: [hostile('value')] } },
  { event: 'task-start', ...task },
  { event: 'task-line', ...task, time: '2026-03-01T12:01:01.000Z', line: hostile('line') },
  { event: 'task-retry', ...task, attempt: 1, attempts: 2, summary: hostile('summary'), delay: 1 },
  ...(['ok', 'changed', 'kept', 'skipped', 'failed', 'would-change', 'unknown'] as const).map(
    (outcome): RunEvent => ({ event: 'task-end', ...end, outcome }),
  ),
  { event: 'host-unreachable', time, host, play: hostile('play'), problem: hostile('problem'), ...told },
  { event: 'host-failed', time, host, play: hostile('play'), ...told },
  { event: 'host-end', time, host, play: hostile('play') },
  { event: 'message', time, level: 'warning', text: hostile('text'), host },
  { event: 'message', time, level: 'info', text: hostile('text') },
  { event: 'run-end', time, seconds: 1, interrupted: false, hosts },
];

export const hostileReport: RunReport = {
  report: 1,
  check: false,
  exitStatus: 2,
  seconds: 1,
  interrupted: false,
  hosts,
};

export const hostileHeader: RunHeader = {
  run: 1,
  id: hostile('20260301T120001-123f00'),
  time: hostile('2026-03-01'),
  version: hostile('1.0'),
  site: hostile('site.yaml'),
  options: { [hostile('limit')]: hostile('value'), tags: [hostile('tag')] },
  cwd: hostile('/tmp'),
  user: hostile('user'),
  controller: hostile('controller'),
  pid: 1,
  check: false,
  hosts: [host],
};
