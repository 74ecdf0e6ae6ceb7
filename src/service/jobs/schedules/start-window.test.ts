import { describe, expect, it } from 'vitest';
import type { StartWindow } from '../../schemas/jobs.js';
import { nextOpening, openingOf } from './start-window.js';

const all = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const window = (from: string, to: string, days: StartWindow['days'] = [...all]): StartWindow => ({ days, from, to });
const next = (of: StartWindow, zone: string, now: string) =>
  new Date(nextOpening(of, zone, Date.parse(now))).toISOString();

describe('a window', () => {
  it.each([
    // Tuesday, 1 December 2026.
    ['open: now, to the second', window('08:00', '18:00'), 'UTC', '2026-12-01T12:00:07Z', '2026-12-01T12:00:07.000Z'],
    ['later today', window('22:00', '23:00'), 'UTC', '2026-12-01T12:00:00Z', '2026-12-01T22:00:00.000Z'],
    ['over for today', window('08:00', '10:00'), 'UTC', '2026-12-01T10:00:00Z', '2026-12-02T08:00:00.000Z'],
    ['in its own zone', window('22:00', '23:00'), 'Asia/Tokyo', '2026-12-01T12:00:00Z', '2026-12-01T13:00:00.000Z'],
    ['over midnight, after it', window('22:00', '04:00'), 'UTC', '2026-12-02T03:59:59Z', '2026-12-02T03:59:59.000Z'],
    [
      'over midnight, of another day',
      window('22:00', '04:00', ['sun']),
      'UTC',
      '2026-12-02T03:00:00Z',
      '2026-12-06T22:00:00.000Z',
    ],
    [
      'over midnight, begun the day before',
      window('22:00', '04:00', ['tue']),
      'UTC',
      '2026-12-02T03:00:00Z',
      '2026-12-02T03:00:00.000Z',
    ],
    [
      'not on Fridays',
      window('00:00', '00:00', ['sat', 'sun', 'mon', 'tue', 'wed', 'thu']),
      'UTC',
      '2026-12-04T09:00:00Z',
      '2026-12-05T00:00:00.000Z',
    ],
    ['of the whole day', window('09:00', '09:00', ['fri']), 'UTC', '2026-12-05T08:59:00Z', '2026-12-05T08:59:00.000Z'],
    ['after six days', window('12:00', '13:00', ['tue']), 'UTC', '2026-12-01T13:00:00Z', '2026-12-08T12:00:00.000Z'],
  ])('%s', (_, of, zone, now, expected) => expect(next(of, zone, now)).toBe(expected));

  it('that a change of the clock leaves out opens a week later, not at once', () => {
    // On 28 March 2027 there is no 02:30 in Berlin.
    const sunday = window('02:15', '02:45', ['sun']);
    expect(next(sunday, 'Europe/Berlin', '2027-03-24T12:00:00Z')).toBe('2027-04-04T00:15:00.000Z');
  });

  it('that a change of the clock brings twice is open twice', () => {
    const sunday = window('02:15', '02:45', ['sun']);
    expect(next(sunday, 'Europe/Berlin', '2027-10-31T00:45:00Z')).toBe('2027-10-31T01:15:00.000Z');
  });

  it('is read as the database has it', () => {
    const row = { window: JSON.stringify(window('22:00', '23:00')), zone: 'UTC' };
    expect(openingOf(row, Date.parse('2026-12-01T12:00:00Z'))).toBe(Date.parse('2026-12-01T22:00:00Z'));
  });
});
