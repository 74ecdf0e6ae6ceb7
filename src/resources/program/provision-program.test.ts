import { expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { provision_program } from './provision-program.js';

const task = provision_program({});

it.each([
  ['node \n', 'provision needs Node 20.19 or newer, and the host has no Node'],
  ['node v18.20.4\nplatform linux-x64-gnu\n', 'provision needs Node 20.19 or newer; the host has v18.20.4'],
  ['node v20.9.0\nplatform linux-x64-gnu\n', 'the host has v20.9.0'],
])('says which Node it needs, and how to get it: %j', (stdout, message) => {
  const plan = planFrom(task, stdout, { facts: { arch: 'aarch64' } });
  expect(plan).toMatchObject({ verdict: 'refused', message: expect.stringContaining(message) });
  expect(plan).toMatchObject({ hint: expect.stringContaining('nodejs.org for aarch64 into /usr/local') });
});

it.each([['/opt/a b'], ['/opt/$(id)'], ['/'], ['opt']])('refuses the path %j', (path) => {
  expect(provision_program.params.safeParse({ path }).success).toBe(false);
});

it('needs no Node to be removed, and leaves what it did not make', () => {
  expect(planFrom(provision_program({ state: 'absent' }), 'node \n')).toEqual({ verdict: 'ok' });
  expect(planFrom(provision_program({ state: 'absent' }), 'node \nexists\n')).toMatchObject({ summary: 'removed' });
});
