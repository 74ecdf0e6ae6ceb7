import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { stage } from '../../model/task.js';
import { handlerId } from '../handlers/pending.js';

const check = { check: true } as const;

/** Outcomes with what they depend on. */
async function foresee(host: FakeHost, ...plays: Parameters<typeof play>[1][]) {
  const run = await runOver(
    { web1: host },
    plays.map((items) => play(['web1'], items)),
    check,
  );
  return {
    ...run,
    foreseen: run.ends.map(({ task, outcome, hint }) => `${task}: ${outcome}${hint === undefined ? '' : ` (${hint})`}`),
  };
}

describe('check mode', () => {
  it('reads only, in one request, and takes no lock', async () => {
    const host = new FakeHost();
    const items = [setting('a', '1', { notify: [action('restart')] }), setting('b', '')];
    const { foreseen, report } = await foresee(host, items);
    expect(foreseen).toEqual(['set a: would-change', 'set b: ok', 'restart: would-change']);
    expect(host.requests).toEqual(['facts', 'a b', 'restart']);
    expect(host).toMatchObject({ isLocked: false, closed: 1 });
    expect(host.settings.size).toBe(0);
    expect(report.hosts.web1).toMatchObject({ ok: 3, changed: 2, unknown: 0 });
  });

  it('does not know what depends on a change that has not happened, however far', async () => {
    const host = new FakeHost();
    host.settings.set('c', 'unreadable');
    const needs = (...refs: `path:${string}`[]) => ({ resource: { needs: refs } });
    const { foreseen, ends, report } = await foresee(host, [
      setting('a', '1'),
      setting('b', '1', needs('path:a')),
      setting('c', '1', needs('path:b')),
      setting('d', '', needs('path:elsewhere')),
      setting('e', '', needs('path:a')),
    ]);
    expect(foreseen).toEqual([
      'set a: would-change',
      'set b: unknown (depends on path:a (would change))',
      'set c: unknown (depends on path:b (unknown))',
      'set d: ok',
      'set e: unknown (depends on path:a (would change))',
    ]);
    expect(ends[1]?.summary).toBe(' -> 1');
    expect(ends[2]?.summary).toBe('now: cannot read');
    expect(report.hosts.web1).toMatchObject({ ok: 2, changed: 1, unknown: 3 });
  });

  it('fails where a template cannot be rendered, which was unknown while something was pending', async () => {
    const refusing = (always: boolean) =>
      setting('b', '1', {
        resource: { needs: ['path:a'] },
        plan: () => ({ verdict: 'refused', message: 'x is not defined', ...(always && { always }) }),
      });
    const { foreseen, report } = await foresee(new FakeHost(), [setting('a', '1'), refusing(false), refusing(true)]);
    expect(foreseen).toEqual([
      'set a: would-change',
      'set b: unknown (depends on path:a (would change))',
      'set b: failed',
    ]);
    expect(report.exitStatus).toBe(2);
  });

  it('foretold a failure at a registry whose account the run would renew first', async () => {
    const host = new FakeHost();
    host.settings.set('c', 'unreadable');
    const reaching = { resource: { reaches: ['path:a'] as const } };
    const { foreseen } = await foresee(host, [
      setting('a', '1'),
      setting('b', '1', reaching),
      setting('c', '1', reaching),
    ]);
    expect(foreseen).toEqual([
      'set a: would-change',
      'set b: would-change',
      'set c: unknown (depends on path:a (would change))',
    ]);
    const alone = await foresee(host, [setting('c', '1', reaching)]);
    expect(alone.foreseen).toEqual(['set c: failed']);
  });

  it('remembers over plays what would change', async () => {
    const { foreseen } = await foresee(
      new FakeHost(),
      [setting('a', '1')],
      [setting('b', '1', { resource: { needs: ['path:a'] } })],
    );
    expect(foreseen[1]).toBe('set b: unknown (depends on path:a (would change))');
  });

  it('fails where a state cannot be read and nothing explains it', async () => {
    const host = new FakeHost();
    host.settings.set('a', 'unreadable');
    const { foreseen, report } = await foresee(host, [setting('a', '1'), setting('b', '1')]);
    expect(foreseen).toEqual(['set a: failed']);
    expect(report.exitStatus).toBe(2);
  });

  it('says unknown where the resource is not certain itself', async () => {
    const { foreseen } = await foresee(new FakeHost(), [
      setting('a', '1', { change: { uncertain: 'a command tells only when it runs' } }),
    ]);
    expect(foreseen).toEqual(['set a: unknown (a command tells only when it runs)']);
  });

  it('predicts handlers: surely when a task would surely notify them', async () => {
    const items = [
      setting('a', '1', { notify: [action('sure')] }),
      setting('b', '', { resource: { needs: ['path:a'] }, notify: [action('unsure')] }),
      setting('c', '', { notify: [action('not at all')] }),
    ];
    const { foreseen } = await foresee(new FakeHost(), items);
    expect(foreseen.slice(3)).toEqual(['sure: would-change', 'unsure: unknown (depends on "set b" (unknown))']);
  });

  it('predicts handlers that an earlier run left behind, and leaves them there', async () => {
    const host = new FakeHost();
    const restart = action('restart');
    host.pending.set(handlerId(restart), 'restart');
    const items = [setting('a', '', { notify: [restart] })];
    const { lines } = await foresee(host, items, items);
    expect(lines).toEqual([
      'web1 set a: ok',
      'web1 restart: would-change done, pending from an earlier run',
      'web1 set a: ok',
    ]);
    expect(host.pending.size).toBe(1);
  });

  it('does not know what a condition or a stage makes of a result that is not there yet', async () => {
    const read = (field: string) => (results: ReadonlyMap<string, unknown>) =>
      (results.get('first') as Record<string, unknown>)[field] === true;
    const { foreseen } = await foresee(new FakeHost(), [
      setting('a', '1', { register: 'first' }),
      setting('b', '1', { when: read('changed') }),
      setting('c', '1', { when: read('value') }),
      stage('more', (results) => (read('stdout')(results) ? [] : [setting('d', '1')])),
      stage('less', (results) => {
        if (!Object.hasOwn(results.get('first') as object, 'stdout')) throw new Error('no output');
        return [];
      }),
    ]);
    const reason = '(depends on the result first (would change))';
    expect(foreseen).toEqual([
      'set a: would-change',
      'set b: would-change',
      `set c: unknown ${reason}`,
      `set d: unknown ${reason}`,
      `less: unknown ${reason}`,
    ]);
  });

  it('ends with 3 under --strict when something would change', async () => {
    const host = new FakeHost();
    const strict = { check: true, strict: true };
    const differs = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], strict);
    expect(differs.report).toMatchObject({ exitStatus: 3, check: true });
    const same = await runOver({ web1: host }, [play(['web1'], [setting('a', '')])], strict);
    expect(same.report.exitStatus).toBe(0);
  });
});
