import { describe, expect, it } from 'vitest';
import { nextTime } from './schedules.js';

const next = (cron: string, zone: string, now: string) =>
  new Date(nextTime(cron, zone, 0, Date.parse(now))).toISOString();

describe('the next time of a schedule', () => {
  it.each([
    ['of its zone', '0 3 * * *', 'Asia/Tokyo', '2026-12-01T12:00:00Z', '2026-12-01T18:00:00.000Z'],
    ['after now, not now', '0 12 * * *', 'UTC', '2026-12-01T12:00:00Z', '2026-12-02T12:00:00.000Z'],
    ['with seconds before', '30 0 12 * * *', 'UTC', '2026-12-01T12:00:00Z', '2026-12-01T12:00:30.000Z'],
    ['on the last day of a month', '0 3 L * *', 'UTC', '2027-02-01T00:00:00Z', '2027-02-28T03:00:00.000Z'],
    [
      'once where the clock leaves it out',
      '30 2 * * *',
      'Europe/Berlin',
      '2027-03-28T00:00:00Z',
      '2027-03-28T01:30:00.000Z',
    ],
    [
      'once where the clock brings it twice',
      '30 2 * * *',
      'Europe/Berlin',
      '2027-10-31T00:30:00Z',
      '2027-11-01T01:30:00.000Z',
    ],
  ])('is %s', (_, cron, zone, now, expected) => expect(next(cron, zone, now)).toBe(expected));

  it('is put off by chance, by less than the jitter', () => {
    const now = Date.parse('2026-12-01T00:00:00Z');
    const at = Date.parse('2026-12-01T03:00:00Z');
    const late = Array.from({ length: 300 }, () => nextTime('0 3 * * *', 'UTC', 600, now) - at);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(600_000);
    expect(new Set(late).size).toBeGreaterThan(200);
  });

  it.each([
    ['0 0 31 2 *', /^cron: is a time that never comes$/],
    ['2026-01-01T00:00:00', /^cron: is a time that never comes$/],
    ['every day', /^cron: /],
    ['61 * * * *', /^cron: /],
    ['* * * *', /^cron: /],
  ])('of %s is refused', (cron, message) => {
    expect(() => next(cron, 'UTC', '2026-12-01T00:00:00Z')).toThrow(message);
  });
});
