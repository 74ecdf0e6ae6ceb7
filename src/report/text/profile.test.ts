import { expect, test } from 'vitest';
import type { RunReport } from '../../engine/events.js';
import { profile } from './profile.js';
import type { TaskEnd } from './task-text.js';

const zero = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, kept: 0, unknown: 0 };
const report = (hosts: Record<string, number>): RunReport => ({
  report: 1,
  check: false,
  exitStatus: 0,
  seconds: 90,
  interrupted: false,
  hosts: Object.fromEntries(Object.entries(hosts).map(([host, seconds]) => [host, { ...zero, seconds }])),
});
const ended = (host: string, task: string, seconds: number, more: Partial<TaskEnd> = {}): TaskEnd => ({
  event: 'task-end',
  time: '',
  host,
  play: 'all',
  role: 'web',
  task,
  index: 1,
  handler: false,
  outcome: 'ok',
  summary: '',
  seconds,
  ...more,
});

test('the slowest tasks of each host, and of all together', () => {
  const slowest = profile();
  for (const event of [
    ended('web1', 'package nginx', 61.5),
    ended('web2', 'package nginx', 3.25),
    ended('web1', 'fast', 0),
    ended('web2', 'own', 4.125, { role: undefined, handler: true }),
  ]) {
    slowest.onEvent(event);
  }
  expect(slowest.lines(report({ web1: 62, web2: 8 })).join('\n')).toMatchInlineSnapshot(`
    "
    SLOWEST TASKS
    1m 02s  web1 web › package nginx
     4.13s  web2 › handler own
     3.25s  web2 web › package nginx
     0.63s  web2 connecting, facts and the time between tasks
     0.50s  web1 connecting, facts and the time between tasks

    SLOWEST TASKS, all hosts together
    1m 05s  web › package nginx (2 hosts)
     4.13s  handler own (1 host)"
  `);
});

test('of one host there is no sum, and of many tasks the ten slowest', () => {
  const slowest = profile();
  for (let each = 1; each <= 30; each++) slowest.onEvent(ended('web1', `task ${each}`, each));
  const lines = slowest.lines(report({ web1: 465 }));
  expect(lines.slice(1, 3)).toEqual(['SLOWEST TASKS', '30.00s  web1 web › task 30']);
  expect(lines).toHaveLength(12);
});
