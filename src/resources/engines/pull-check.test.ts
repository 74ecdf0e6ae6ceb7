import { expect, it } from 'vitest';
import { planFrom } from '../../../test/kit/converge-locally.js';
import { pull_check } from './pull-check.js';

const asked = { engine: 'podman', image: 'a:5000/library/busybox:1' } as const;

it.each([
  ['there', 'engine\npresent\nend\n', false, { verdict: 'ok', note: 'it is there' }],
  ['there, after a change', 'engine\npresent\nend\n', true, { verdict: 'change', summary: 'pulled again' }],
  ['missing', 'engine\nend\n', false, { verdict: 'change', summary: 'pulled' }],
  [
    'on a host without the engine',
    'end\n',
    true,
    { verdict: 'refused', hint: 'set podman_install: true to install it' },
  ],
])('an image that is %s', (_, said, always, plan) => {
  expect(planFrom(pull_check({ ...asked, always }), said)).toMatchObject(plan);
});

it('is looked for after the pull', () => {
  const plan = planFrom(pull_check(asked), 'engine\nend\n');
  if (plan.verdict !== 'change') throw new Error(plan.verdict);
  const reply = { status: 0, stdout: '', stderr: '' };
  expect(plan.verify?.({ engineExists: true, present: false }, reply)).toBe(
    'podman has no a:5000/library/busybox:1 after the pull',
  );
});
