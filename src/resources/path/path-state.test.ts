import { expect, it } from 'vitest';
import { parsePath } from './path-state.js';

it.each([
  '9|644|\0|0',
  '9|644|0|x',
  '9|9z|0|0',
])('an owner or mode that is no number (%j) does not get into a command', (stat) => {
  const stdout = `stat ${stat}|regular file|root|root\nend yes\n`;
  expect(() => parsePath({ status: 0, stdout, stderr: '' }, '/etc/x')).toThrow(
    new Error('could not read /etc/x: mode, owner or group is no number'),
  );
});
