import { expect, test } from 'vitest';
import { cronTime } from './cron-time.js';

const fields = (schedule: string) => {
  const time = cronTime(schedule);
  return time && `${time.minute} ${time.hour} ${time.day} ${time.month} ${time.weekday}`;
};

test.each([
  ['hourly', '0 * * * *'],
  ['daily', '0 0 * * *'],
  ['weekly', '0 0 * * mon'],
  ['quarterly', '0 0 1 1,4,7,10 *'],
  ['Sun 03:00', '0 3 * * sun'],
  ['sunday', '0 0 * * sun'],
  ['Mon..Fri,Sun *-*-* 01:30:00', '30 1 * * mon-fri,sun'],
  ['Fri..Sun 05:05', '5 5 * * 5-7'],
  ['*-*-01,15 02:00', '0 2 1,15 * *'],
  ['*-02-29', '0 0 29 2 *'],
  ['0/6:00', '0 0-23/6 * * *'],
  ['*:0/15', '0-59/15 * * * *'],
  ['08..18:10', '10 8-18 * * *'],
])('%s was refused on a host that has cron alone', (schedule, line) => {
  expect(fields(schedule)).toBe(line);
});

test.each([
  'minutely',
  'Sun *-*-1 03:00',
  '2027-01-01 03:00',
  '03:00 UTC',
  '03:00:30',
  '25:00',
  'Funday 03:00',
  'Sun..Mon..Tue',
  '*-*-~1',
  '0/0:00',
  '',
])('%j is nothing that cron can do', (schedule) => {
  expect(fields(schedule)).toBeUndefined();
});
