import { expect, test } from 'vitest';
import { eventSchema, type RunEvent, reportSchema } from '../engine/events.js';
import { jsonReporter } from './json.js';

test('an event a line, and the report as the last', () => {
  let text = '';
  const reporter = jsonReporter({
    write: (chunk) => {
      text += chunk;
    },
  });
  const event: RunEvent = { event: 'message', time: '2026-03-01T12:00:01.000Z', level: 'info', text: 'two\nlines' };
  reporter.onEvent(event);
  reporter.end({ report: 1, check: false, exitStatus: 0, seconds: 1, interrupted: false, hosts: {} });
  const [first = '', last = '', end] = text.split('\n');
  expect(eventSchema.parse(JSON.parse(first))).toEqual(event);
  expect(reportSchema.parse(JSON.parse(last))).toMatchObject({ report: 1, exitStatus: 0 });
  expect(end).toBe('');
});
