import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import type { Task, TaskItem, TaskResult } from '../../model/task.js';

/** A host whose change to a key fails so often, and then succeeds. */
function failingFirst(key: string, times: number): FakeHost {
  const host = new FakeHost();
  host.failing.set(key, { status: 1, stderr: 'not yet' });
  let tries = 0;
  host.onRequest = (request) => {
    if (!request.includes(`set ${key}`)) return;
    tries += 1;
    if (tries > times) host.failing.delete(key);
  };
  return host;
}

async function attempts(host: FakeHost, items: readonly TaskItem[], options: Parameters<typeof runOver>[2] = {}) {
  const ran = await runOver({ web1: host }, [play(['web1'], items, { handlers: [action('reload')] })], options);
  const retries = ran.events.flatMap((event) =>
    event.event === 'task-retry' ? [`${event.attempt} of ${event.attempts}: ${event.summary}; ${event.delay} s`] : [],
  );
  return { ...ran, retries, lines: ran.lines.map((line) => line.replace('web1 ', '')) };
}

const set = (key: string, more: Parameters<typeof setting>[2] = {}) => setting(key, '1', { name: key, ...more });
const retry = (retries: number, until?: (result: TaskResult) => boolean): Pick<Task, 'retry'> => ({
  retry: { retries, delay: 0.01, ...(until && { until }) },
});

describe('a task that is tried again', () => {
  it('costs nothing more when the first try is as wanted', async () => {
    const host = new FakeHost();
    host.settings.set('a', '1').set('b', '1');
    const { lines, retries } = await attempts(host, [
      set(
        'a',
        retry(3, ({ value }) => value === '1'),
      ),
      set('b'),
    ]);
    expect([host.requests, lines, retries]).toEqual([['facts', 'a b'], ['a: ok', 'b: ok'], []]);
  });

  it('measures anew each time, and acts on what it finds', async () => {
    const host = failingFirst('a', 2);
    const results: unknown[] = [];
    const see = set('c', { when: (known) => results.push(known.get('a')) > 0 });
    const { lines, retries } = await attempts(host, [set('a', { register: 'a', ...retry(3) }), set('b'), see]);
    expect(lines).toEqual(['a: changed  -> 1', 'b: changed  -> 1', 'c: changed  -> 1']);
    expect(retries).toEqual(['1 of 4:  -> 1: exit status 1; 0.01 s', '2 of 4:  -> 1: exit status 1; 0.01 s']);
    expect(host.requests.slice(0, 7)).toEqual([
      'facts',
      'a b c',
      'set a=1 | a | b | c',
      'a',
      'set a=1 | a',
      'a',
      'set a=1 | a',
    ]);
    expect(results).toEqual([expect.objectContaining({ attempts: 3, failed: false, rc: 0 })]);
  });

  it('is given up after all tries', async () => {
    const { lines, retries } = await attempts(failingFirst('a', 9), [set('a', retry(1))]);
    expect(lines).toEqual(['a: failed  -> 1: exit status 1; given up after 2 tries']);
    expect(retries.length).toBe(1);
  });

  it('fails when it never is what until asks for', async () => {
    const host = new FakeHost();
    host.settings.set('a', '1');
    const { lines } = await attempts(host, [
      set(
        'a',
        retry(2, ({ value }) => value === '2'),
      ),
    ]);
    expect(lines).toEqual(['a: failed until does not hold; given up after 3 tries']);
    expect(host.requests).toEqual(['facts', 'a', 'a', 'a']);
  });

  it('counts what it changed on the way, and its handlers run', async () => {
    const host = new FakeHost();
    const tries: string[] = [];
    const until = () => tries.push('a try') > 1;
    const { lines } = await attempts(host, [set('a', { notify: ['reload'], ...retry(2, until) })]);
    expect(lines).toEqual(['a: changed  -> 1', 'reload: changed done']);
    expect(host.requests.slice(1)).toEqual([
      'a',
      'record, set a=1 | a | reload',
      'a',
      'reload',
      'set reload=done, strike | reload',
    ]);
  });

  it('may be a handler, which is done again and stays recorded when it is given up', async () => {
    const host = new FakeHost();
    const restart = action(
      'restart',
      retry(1, () => false),
    );
    const { lines } = await attempts(host, [set('a', { notify: [restart] })]);
    expect(lines.at(-1)).toBe('restart: failed until does not hold (done); given up after 2 tries');
    expect(host.requests.filter((request) => request.startsWith('set restart')).length).toBe(2);
    expect([...host.pending.values()]).toEqual(['restart']);
  });

  it('fails at once when until cannot be asked', async () => {
    const until = () => {
      throw new Error('no such field');
    };
    const { lines, retries } = await attempts(new FakeHost(), [set('a', retry(3, until))]);
    expect(lines).toEqual(['a: failed its until could not be evaluated: no such field']);
    expect(retries).toEqual([]);
  });

  it('waits no longer when the run is interrupted', async () => {
    const controller = new AbortController();
    const began = performance.now();
    const { lines, report } = await attempts(failingFirst('a', 9), [set('a', { retry: { retries: 5, delay: 60 } })], {
      signal: controller.signal,
      onEvent: ({ event }) => event === 'task-retry' && controller.abort(),
    });
    expect(lines).toEqual(['a: failed  -> 1: exit status 1; interrupted after 1 try']);
    expect(report.exitStatus).toBe(130);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
