import { describe, expect, it } from 'vitest';
import { type DriftLook, driftEventOf, stateAfter } from './next-state.js';
import { type DriftTask, keyOf } from './run-findings.js';

const task = (name: string, outcome: DriftTask['outcome'] = 'would-change'): DriftTask => ({
  ...{ play: 'all', role: null, task: name, outcome, summary: 'new', hint: null, origin: null, diff: null, cut: false },
});
const look = (
  now: number,
  tasks: DriftTask[],
  more: Partial<DriftLook> & { looked?: string[]; away?: boolean } = {},
): DriftLook => {
  const { looked = [], away = false, ...rest } = more;
  const keys = [...tasks.map(({ task: name }) => name), ...looked].map((name) => keyOf(task(name)));
  const findings = { looked: new Set(keys), tasks, count: tasks.length, isUnreachable: away };
  return { findings, isPart: away, job: `job ${now}`, now, ...rest };
};
const stateOf = (...looks: DriftLook[]) =>
  looks.reduce<ReturnType<typeof stateAfter>>((state, each) => stateAfter(state, each) ?? state, undefined);

describe('the state of a host', () => {
  it('keeps the time since which it differs, over looks that nothing came of', () => {
    const state = stateOf(look(1, [task('a')]), look(2, [], { away: true }), look(3, [task('b')]));
    expect(state).toMatchObject({ state: 'differs', since: 3, differs_since: 1, job: 'job 3' });
    expect(stateOf(look(1, []), look(2, []))).toMatchObject({ state: 'as-wanted', since: 1, looked_at: 2 });
  });

  it('is not known where nobody could look, and keeps what was found before', () => {
    const away = stateOf(look(1, [task('a')]), look(2, [], { away: true }), look(3, [], { away: true }));
    expect(away).toMatchObject({ state: 'unknown', reason: 'unreachable', since: 2, task_count: 1, looked_at: 1 });
    const failed = stateOf(look(1, []), look(2, [task('a', 'failed')], { isPart: true }));
    expect(failed).toMatchObject({ state: 'unknown', reason: 'failed', looked_at: 1, differs_since: null });
  });

  it('after a look at a part has what the others had found', () => {
    const two = look(1, [task('a'), task('b')]);
    expect(stateOf(two, look(2, [], { isPart: true, looked: ['a'] }))).toMatchObject({
      state: 'differs',
      task_count: 1,
    });
    expect(stateOf(two, look(2, [], { isPart: true, looked: ['a', 'b'] }))).toMatchObject({ state: 'as-wanted' });
    expect(stateOf(look(2, [], { isPart: true, looked: ['a'] }))).toBeUndefined();
  });

  it('is told of when it begins and ceases to differ, not when nobody can look', () => {
    const [differs, away, fine] = [look(1, [task('a')]), look(2, [], { away: true }), look(3, [])].map(
      (_each, at, all) => ({
        before: stateOf(...all.slice(0, at)),
        now: stateOf(...all.slice(0, at + 1)),
      }),
    );
    const told = [differs, away, fine].map((each) => each?.now && driftEventOf(each.before, each.now));
    expect(told).toEqual(['drift.found', undefined, 'drift.gone']);
  });
});
