import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import type { RunEvent } from '../../engine/events.js';
import type { Reporter } from '../reporter.js';
import { eventsOf } from './brief-events.js';
import { runLog } from './run-log.js';
import type { RunHeader } from './run-log-files.js';

const folder = mkdtempSync(join(tmpdir(), 'run-log-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const header: RunHeader = {
  ...{ run: 1, id: '20260301T120001-123f00', time: '', version: '', site: '', options: {}, cwd: '', user: '' },
  ...{ controller: '', pid: 1, check: false, hosts: [] },
};

function newLog(): { readonly reporter: Reporter; lines(): string[] } {
  const reporter = runLog({ folder, header, keep: 1, warn: (text) => expect.unreachable(text) });
  const file = join(folder, `${header.id}.ndjson`);
  return { reporter, lines: () => readFileSync(file, 'utf8').split('\n').slice(1, -1) };
}

test('the log of tasks with nothing to do is brief, and has all their events', async () => {
  const place = { file: 'site.yaml', line: 12, column: 7, length: 4 };
  const host = new FakeHost();
  const items = Array.from({ length: 40 }, (_, at) => {
    host.settings.set(`key${at}`, '1');
    return setting(`key${at}`, '1', { place, ...(at % 2 === 0 && { role: 'app' }), name: `the /srv/app/${at} folder` });
  });
  host.settings.set('key7', '2');
  const { events, report } = await runOver({ host0001: host }, [play(['host0001'], items)]);
  const log = newLog();
  for (const event of events) log.reporter.onEvent(event);
  await log.reporter.end(report);
  const written = log.lines().flatMap((line) => eventsOf(JSON.parse(line)));
  expect(written).toEqual(JSON.parse(JSON.stringify([...events, report])));
  expect(written.map((each) => JSON.stringify(each)).join('\n')).toBe(
    [...events, report].map((each) => JSON.stringify(each)).join('\n'),
  );
  expect(log.lines().filter((line) => line.startsWith('{"ok":')).length).toBe(39);
  expect(
    log
      .lines()
      .filter((line) => line.startsWith('{"ok":'))
      .join('\n').length,
  ).toBeLessThan(39 * 130);
});

test('a run that is killed has the start of the task that it was at in its log', async () => {
  const log = newLog();
  const of = { host: 'web1', play: 'all', task: 'wait', index: 3, handler: false };
  const start: RunEvent = { time: '2026-01-01T00:00:00.000Z', event: 'task-start', ...of };
  log.reporter.onEvent(start);
  await new Promise((resolve) => setImmediate(resolve));
  expect(log.lines().map((line) => JSON.parse(line))).toEqual([start]);
  await log.reporter.abandon?.();
});
