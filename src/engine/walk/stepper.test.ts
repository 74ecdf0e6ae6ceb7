import { expect, test } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import type { AskStep, StepAnswer } from './stepper.js';

/** Answers in turn, and notes what was asked. */
function answering(...answers: StepAnswer[]) {
  const asked: string[] = [];
  const ask: AskStep = async ({ host, task, handler }) => {
    asked.push(`${host} ${handler ? 'handler ' : ''}${task.name}`);
    return answers.shift() ?? 'no';
  };
  return { asked, ask };
}

test('each task is asked about, but for those whose condition is false; after "continue" none is', async () => {
  const items = [
    setting('a', '1'),
    setting('b', '1', { when: () => false }),
    setting('c', '1'),
    setting('d', '1'),
    setting('e', '1'),
  ];
  const { asked, ask } = answering('yes', 'no', 'continue');
  const { lines } = await runOver({ web1: new FakeHost(), web2: new FakeHost() }, [play(['web1', 'web2'], items)], {
    ask,
    forks: 1,
  });
  expect(asked).toEqual(['web1 set a', 'web1 set c', 'web1 set d']);
  expect(lines.slice(0, 5)).toEqual([
    'web1 set a: changed  -> 1',
    'web1 set b: skipped its condition is false',
    'web1 set c: skipped not wanted (--step)',
    'web1 set d: changed  -> 1',
    'web1 set e: changed  -> 1',
  ]);
  expect(lines).toHaveLength(10);
});

test('a handler that is not wanted stays on record, and the next run does it', async () => {
  const host = new FakeHost();
  const site = [play(['web1'], [setting('a', '1', { notify: [action('restart')] })])];
  const { asked, ask } = answering('yes', 'no');
  const first = await runOver({ web1: host }, site, { ask });
  expect(asked).toEqual(['web1 set a', 'web1 handler restart']);
  expect(first.lines).toEqual(['web1 set a: changed  -> 1', 'web1 restart: skipped not wanted (--step)']);
  expect(host.pending.size).toBe(1);
  const second = await runOver({ web1: host }, site);
  expect(second.lines).toEqual(['web1 set a: ok', 'web1 restart: changed done, pending from an earlier run']);
  expect(host.pending.size).toBe(0);
});
