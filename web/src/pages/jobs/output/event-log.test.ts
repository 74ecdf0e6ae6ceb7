import { expect, test } from 'vitest';
import { loadLanguage, translator } from '../../../kernel/messages.js';
import { lineDiff } from '../../../parts/jobs/line-diff.js';
import { EventLog } from './event-log.js';
import { FoundLines } from './found-lines.js';
import { type OutputRow, rowsOf } from './output-rows.js';
import { StreamText } from './stream-text.js';

/* Output of a job as the page holds it, and differences of texts. */

await loadLanguage('en');
const t = translator('en');
const task = (host: string, name: string, more: object) => ({ host, play: 'all', task: name, index: 1, ...more });
const line = (host: string, name: string, text: string) => task(host, name, { event: 'task-line', line: text });
const end = (host: string, name: string, outcome: string) =>
  task(host, name, { event: 'task-end', outcome, summary: '', seconds: 2 });

function logOf(events: readonly object[]): EventLog {
  const log = new EventLog(t);
  for (const [index, event] of events.entries()) log.add({ sequence: index + 1, event: { ...event } });
  return log;
}

function textOf(row: OutputRow): string {
  if (row.kind === 'host') return row.host.name;
  return row.kind === 'task' ? ` ${row.task.name}` : `  ${row.line.text}`;
}
const shown = (log: EventLog, start = 0, count = 1000) => rowsOf(log.hosts, start, count).map(textOf);

test('an event counts once, however often it comes', () => {
  const log = new EventLog(t);
  const event = line('web1', 'sync', 'a');
  expect([5, 5, 4, 6].map((sequence) => log.add({ sequence, event }))).toEqual([true, false, false, true]);
  expect([log.lines.length, log.last]).toEqual([2, 6]);
});

test('a stream is read the same wherever its pieces end', () => {
  const stream =
    'retry: 1000\n\nid: 1\ndata: {"a":1}\n\n: \n\nid: 2\ndata: é\n\nevent: end\ndata: {}\n\nid: 3\ndata: half';
  const wanted = [
    { id: 1, kind: '', data: '{"a":1}' },
    { id: 2, kind: '', data: 'é' },
    { id: 0, kind: 'end', data: '{}' },
  ];
  for (let size = 1; size <= stream.length; size += 1) {
    const text = new StreamText();
    const found: unknown[] = [];
    for (let at = 0; at < stream.length; at += size) {
      text.add(stream.slice(at, at + size));
      for (let event = text.next(); event !== undefined; event = text.next()) found.push(event);
    }
    expect(found).toEqual(wanted);
  }
});

test('a task that failed stands open, and its host too; one that went well is closed', () => {
  const log = logOf([
    line('web1', 'a', 'one'),
    end('web1', 'a', 'ok'),
    line('web2', 'a', 'two'),
    end('web2', 'a', 'failed'),
  ]);
  expect(shown(log)).toEqual(['web1', ' a', 'web2', ' a', '  two', '  failed']);
  expect(log.rows).toBe(6);
});

test('any part of the rows is the same as that part of all rows, whatever is open', () => {
  const events = ['web1', 'web2', 'web3'].flatMap((host, index) =>
    ['a', 'b'].flatMap((name) => [
      line(host, name, `${host} ${name} 1`),
      line(host, name, `${host} ${name} 2`),
      end(host, name, index === 1 && name === 'b' ? 'failed' : 'changed'),
    ]),
  );
  const log = logOf(events);
  const groups = log.hosts.flatMap((host) => [host, ...host.tasks]);
  for (const group of [undefined, ...groups, ...groups.toReversed()]) {
    if (group !== undefined) log.toggle(group);
    const all = shown(log);
    expect(all.length).toBe(log.rows);
    for (let start = 0; start < all.length; start += 1) {
      for (const count of [1, 3, 7]) expect(shown(log, start, count)).toEqual(all.slice(start, start + count));
    }
  }
  log.toggleAll(true);
  expect([log.rows, shown(log).length]).toEqual([27, 27]);
  log.toggleAll(false);
  expect(shown(log)).toEqual(['web1', 'web2', 'web3']);
});

test('a search finds lines by their text, their task and their host, those that come later too', () => {
  const log = logOf([line('web1', 'a', 'One'), line('web2', 'b', 'two')]);
  const found = new FoundLines('ONE', false);
  expect(found.look(log.lines, 1000)).toBe(true);
  log.add({ sequence: 3, event: line('web1', 'a', 'and one') });
  found.look(log.lines, 1000);
  expect(found.lines.map(({ text }) => text)).toEqual(['One', 'and one']);
  const ofHost = new FoundLines('web2', false);
  ofHost.look(log.lines, 1000);
  expect(ofHost.lines.map(({ text }) => text)).toEqual(['two']);
});

test('an event that nobody knows yet is shown as it is', () => {
  expect(logOf([{ event: 'later', text: '<b>' }]).lines.map(({ text }) => text)).toEqual([
    '{"event":"later","text":"<b>"}',
  ]);
});

test('a difference keeps the lines that both have, and three around each change', () => {
  const texts = (before: string, after: string) =>
    lineDiff(before, after).map((each) =>
      each.kind === 'skip' ? `… ${each.count}` : `${{ add: '+', remove: '-', same: ' ' }[each.kind]}${each.text}`,
    );
  expect(texts('', 'a\nb\n')).toEqual(['+a', '+b']);
  expect(texts('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c']);
  const many = Array.from({ length: 10 }, (_, index) => String(index));
  expect(texts(many.join('\n'), [...many, 'end'].join('\n'))).toEqual(['… 7', ' 7', ' 8', ' 9', '+end']);
  expect(texts('same', 'same')).toEqual(['… 1']);
  // Too much to compare: all is other, and it ends.
  const long = Array.from({ length: 3000 }, (_, index) => `${index}`).join('\n');
  expect(texts(`a\n${long}\nb`, `c\n${long.replaceAll('1', 'x')}\nd`).length).toBeGreaterThan(3000);
});
