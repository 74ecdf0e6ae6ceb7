import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../test/kit/fake-host.js';
import { ConnectionError } from '../connection/connection.js';
import { flushHandlers, type Results, stage, type TaskItem } from '../model/task.js';
import { taskBlock } from '../model/task-block.js';

/** A host on which all of these are as wanted. */
function hostWith(...keys: string[]): FakeHost {
  const host = new FakeHost();
  for (const key of keys) host.settings.set(key, '1');
  return host;
}

/** A host on which the changes of these fail. */
function failingAt(...keys: string[]): FakeHost {
  const host = new FakeHost();
  for (const key of keys) host.failing.set(key, { status: 1, stderr: `no ${key}` });
  return host;
}

async function walk(host: FakeHost, items: readonly TaskItem[], options: Parameters<typeof runOver>[2] = {}) {
  const { report, ends, lines, events } = await runOver({ web1: host }, [play(['web1'], items)], options);
  const told = ends.map(({ task, outcome, rescued, ignored }) =>
    [task, outcome, ...(rescued ? ['rescued'] : []), ...(ignored ? ['ignored'] : [])].join(' '),
  );
  return { told, report, counts: report.hosts.web1, lines, events };
}

const set = (key: string, more: Parameters<typeof setting>[2] = {}) => setting(key, '1', { name: key, ...more });

describe('a block', () => {
  it('costs no request more than its tasks alone', async () => {
    const host = hostWith('a', 'b', 'c', 'd', 'e', 'f');
    const inner = taskBlock({ tasks: [set('b'), set('c')], rescue: [set('r')], always: [set('d')] });
    const items = [
      set('a', { register: 'first' }),
      taskBlock({ when: (results) => results.has('first'), tasks: [inner], rescue: [set('s')], always: [set('e')] }),
      set('f'),
    ];
    const { told } = await walk(host, items);
    expect(host.requests).toEqual(['facts', 'a b c d e f']);
    expect(told).toEqual(['a ok', 'b ok', 'c ok', 'd ok', 'e ok', 'f ok']);
  });

  it('is looked across after a change', async () => {
    const host = hostWith('b', 'c', 'd');
    await walk(host, [taskBlock({ tasks: [set('a')], rescue: [set('r')], always: [set('b')] }), set('c'), set('d')]);
    expect(host.requests).toEqual(['facts', 'a b c d', 'set a=1 | a | b | c | d']);
  });

  it('goes to its rescue when a task fails, leaving the rest out, and the host goes on', async () => {
    const { told, counts, report, lines } = await walk(failingAt('b'), [
      taskBlock({ tasks: [set('a'), set('b'), set('c')], rescue: [set('r')], always: [set('z')] }),
      set('d'),
    ]);
    expect(told).toEqual(['a changed', 'b failed rescued', 'r changed', 'z changed', 'd changed']);
    expect(lines[1]).toBe('web1 b: failed  -> 1: exit status 1');
    expect(counts).toMatchObject({ ok: 4, changed: 4, failed: 0, rescued: 1 });
    expect(report.exitStatus).toBe(0);
  });

  it('runs always after a failure in its rescue, and the host fails then', async () => {
    const { told, counts, report } = await walk(failingAt('a', 'r'), [
      taskBlock({ tasks: [set('a')], rescue: [set('r'), set('s')], always: [set('z')] }),
      set('d'),
    ]);
    expect(told).toEqual(['a failed rescued', 'r failed', 'z changed']);
    expect(counts).toMatchObject({ failed: 1, rescued: 1 });
    expect(report.exitStatus).toBe(2);
  });

  it('fails without a rescue, after its always', async () => {
    const { told, counts } = await walk(failingAt('a'), [
      taskBlock({ tasks: [set('a')], always: [set('z')] }),
      set('d'),
    ]);
    expect(told).toEqual(['a failed', 'z changed']);
    expect(counts).toMatchObject({ failed: 1, rescued: 0 });
  });

  it('fails when its always fails', async () => {
    const { told } = await walk(failingAt('z'), [
      taskBlock({ tasks: [set('a')], rescue: [set('r')], always: [set('z'), set('y')] }),
      set('d'),
    ]);
    expect(told).toEqual(['a changed', 'z failed']);
  });

  it('hands a failure to the block around it', async () => {
    const inner = taskBlock({ tasks: [set('a'), set('b')], always: [set('z')] });
    const outer = taskBlock({ tasks: [inner, set('c')], rescue: [set('r')], always: [set('y')] });
    const { told, counts } = await walk(failingAt('a'), [outer, set('d')]);
    expect(told).toEqual(['a failed rescued', 'z changed', 'r changed', 'y changed', 'd changed']);
    expect(counts).toMatchObject({ failed: 0, rescued: 1 });
  });

  it('may stand in a rescue, an always and a stage', async () => {
    const inRescue = taskBlock({ tasks: [set('r')], rescue: [set('s')] });
    const inAlways = taskBlock({ tasks: [set('y')], rescue: [set('z')] });
    const { told } = await walk(failingAt('a', 'r', 'y'), [
      stage('later', () => [taskBlock({ tasks: [set('a')], rescue: [inRescue], always: [inAlways] })]),
      set('d'),
    ]);
    expect(told).toEqual([
      'a failed rescued',
      'r failed rescued',
      's changed',
      'y failed rescued',
      'z changed',
      'd changed',
    ]);
  });

  it('may hold a stage that fails', async () => {
    const broken = stage('broken', () => {
      throw new Error('nothing there');
    });
    const { told } = await walk(hostWith(), [taskBlock({ tasks: [broken, set('a')], rescue: [set('r')] })]);
    expect(told).toEqual(['broken failed rescued', 'r changed']);
  });

  it('tells its rescue what failed', async () => {
    const seen: unknown[] = [];
    const look = (results: Results) => {
      seen.push(results.get('ansible_failed_task'), results.get('ansible_failed_result'));
      return true;
    };
    const items = [taskBlock({ tasks: [set('a')], rescue: [set('r', { when: look })] })];
    await walk(failingAt('a'), items);
    expect(seen).toEqual([
      { name: 'a', action: 'setting' },
      expect.objectContaining({ failed: true, changed: true, rc: 1, stderr: 'no a', msg: ' -> 1: exit status 1' }),
    ]);
  });

  it('is asked once whether it is wanted, whatever its tasks change', async () => {
    const when = (results: Results) => Object(results.get('first')).value === '1';
    const host = hostWith('a');
    const again = setting('a', '2', { name: 'again', register: 'first' });
    const items = [set('a', { register: 'first' }), taskBlock({ when, tasks: [again, set('b')], always: [set('z')] })];
    expect((await walk(host, items)).told).toEqual(['a ok', 'again changed', 'b changed', 'z changed']);
    const other = await walk(new FakeHost(), [
      taskBlock({
        when: () => false,
        tasks: [set('b'), taskBlock({ tasks: [set('c')] })],
        rescue: [set('r')],
        always: [set('z')],
      }),
      set('d'),
    ]);
    expect(other.told).toEqual(['b skipped', 'c skipped', 'z skipped', 'd changed']);
  });

  it('fails as a whole when it cannot be asked', async () => {
    const when = () => {
      throw new Error('no such result');
    };
    const items = [taskBlock({ title: 'the block', when, tasks: [set('a')], rescue: [set('r')] }), set('d')];
    const { lines, told } = await walk(new FakeHost(), items);
    expect(lines).toEqual(['web1 the block: failed its condition could not be evaluated: no such result']);
    const around = await walk(new FakeHost(), [taskBlock({ tasks: [items[0] as TaskItem], rescue: [set('r')] })]);
    expect([told, around.told]).toEqual([['the block failed'], ['the block failed rescued', 'r changed']]);
  });

  it('hands down what is said of it', async () => {
    const host = new FakeHost();
    host.failing.set('b', { status: 1 });
    const items = [
      taskBlock({
        tasks: [set('a'), set('b'), stage('c', () => [set('c')])],
        become: { user: 'postgres' },
        ignoreErrors: true,
        notify: 'reload',
        tags: ['db'],
      }),
      set('d'),
    ];
    const plays = [play(['web1'], items, { handlers: [action('reload')] })];
    const { lines } = await runOver({ web1: host }, plays, { tags: ['db'] });
    expect(lines).toEqual([
      'web1 a: changed  -> 1',
      'web1 b: failed  -> 1: exit status 1',
      'web1 c: changed  -> 1',
      'web1 reload: changed done',
    ]);
    expect(
      host.requests.filter((request) => request.includes('set ')).map((request) => request.split(' |')[0]),
    ).toEqual(['postgres: set a=1', 'postgres: set b=1', 'postgres: set c=1', 'set reload=done, strike']);
  });

  it('is there for those of its tasks that the tags choose', async () => {
    const items = [
      taskBlock({
        tasks: [set('a'), set('b', { tags: ['x'] })],
        rescue: [set('r')],
        always: [set('z', { tags: ['x'] })],
      }),
      set('d'),
    ];
    expect((await walk(new FakeHost(), items, { tags: ['x'] })).told).toEqual(['b changed', 'z changed']);
    // Nothing of its rescue was chosen, so that there is none, as in Ansible.
    expect((await walk(failingAt('b'), items, { tags: ['x'] })).told).toEqual(['b failed', 'z changed']);
  });

  it('keeps handlers due that were notified before a failure; those of the failed task are not', async () => {
    const host = failingAt('b');
    const handlers = [action('reload'), action('restart')];
    const items = [
      taskBlock({ tasks: [set('a', { notify: ['reload'] }), set('b', { notify: ['restart'] })], rescue: [set('r')] }),
    ];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { handlers })]);
    expect(lines.slice(2)).toEqual(['web1 r: changed  -> 1', 'web1 reload: changed done']);
    expect(host.pending.size).toBe(0);
  });

  it('keeps a handler recorded that an earlier task made due, when another fails that notifies it too', async () => {
    const host = failingAt('b');
    const items = [
      taskBlock({ tasks: [set('a', { notify: ['reload'] }), set('b', { notify: ['reload'] })], rescue: [set('r')] }),
      set('b'),
    ];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { handlers: [action('reload')] })]);
    expect(lines.at(-1)).toBe('web1 b: failed  -> 1: exit status 1');
    expect([...host.pending.values()]).toEqual(['reload']);
  });

  it('is failed by a handler that fails in it', async () => {
    const host = failingAt('reload');
    const items = [
      taskBlock({ tasks: [set('a', { notify: ['reload'] }), flushHandlers, set('b')], rescue: [set('r')] }),
      set('d'),
    ];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { handlers: [action('reload')] })]);
    expect(lines).toEqual([
      'web1 a: changed  -> 1',
      'web1 reload: failed done: exit status 1',
      'web1 r: changed  -> 1',
      'web1 d: changed  -> 1',
    ]);
    expect([...host.pending.values()]).toEqual(['reload']);
  });

  it('is not rescued from a host that is out of reach', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => {
      if (request.startsWith('set')) throw new ConnectionError('lost', 'the link was lost');
    };
    const connect = async () => {
      if (host.opened > 0) throw new ConnectionError('refused', 'nobody there');
      return host.connect();
    };
    const items = [taskBlock({ tasks: [set('a', { ignoreErrors: true })], rescue: [set('r')], always: [set('z')] })];
    const { told, counts } = await walk(host, items, { connect, reconnectSeconds: 0.1 });
    expect(told).toEqual([]);
    expect(counts).toMatchObject({ rescued: 0, ignored: 0, unreachable: 1 });
  });

  it('begins neither rescue nor always after an interruption', async () => {
    const controller = new AbortController();
    const host = failingAt('a');
    host.onRequest = (request) => request.startsWith('set a') && controller.abort();
    const { told, report } = await walk(
      host,
      [taskBlock({ tasks: [set('a')], rescue: [set('r')], always: [set('z')] })],
      { signal: controller.signal },
    );
    expect(told).toEqual(['a failed rescued']);
    expect(report.exitStatus).toBe(130);
  });

  it('lets each host go its own way', async () => {
    const items = [taskBlock({ tasks: [set('a')], rescue: [set('r')] }), set('once', { runOnce: true })];
    const { report } = await runOver({ web1: failingAt('a'), web2: new FakeHost() }, [play(['web1', 'web2'], items)]);
    expect(report.hosts).toMatchObject({ web1: { rescued: 1, ok: 2 }, web2: { rescued: 0, ok: 2 } });
  });

  it('may have a task in its rescue that one host runs for all, though the first host is not in it', async () => {
    const items = [taskBlock({ tasks: [set('a')], rescue: [set('r', { runOnce: true })] }), set('b')];
    const { lines } = await runOver({ web1: new FakeHost(), web2: failingAt('a') }, [play(['web1', 'web2'], items)]);
    expect(lines.filter((line) => line.startsWith('web2'))).toEqual([
      'web2 a: failed  -> 1: exit status 1',
      'web2 r: changed  -> 1',
      'web2 b: changed  -> 1',
    ]);
  });

  it('is rescued on every host when a task fails that one of them ran for all', async () => {
    const items = [taskBlock({ tasks: [set('a', { runOnce: true })], rescue: [set('r')] })];
    const { report } = await runOver({ web1: failingAt('a'), web2: new FakeHost() }, [play(['web1', 'web2'], items)]);
    expect(report.hosts).toMatchObject({ web1: { rescued: 1, ok: 1 }, web2: { rescued: 1, ok: 1 } });
  });
});

describe('check mode', () => {
  it('goes through blocks, and to a rescue where a failure is seen', async () => {
    const refused = set('b', { plan: () => ({ verdict: 'refused', message: 'not here' }) });
    const items = [taskBlock({ tasks: [set('a'), refused], rescue: [set('r')], always: [set('z')] })];
    const { told } = await walk(new FakeHost(), items, { check: true });
    expect(told).toEqual(['a would-change', 'b failed rescued', 'r would-change', 'z would-change']);
  });

  it('does not know what is in a block that depends on what it does not know', async () => {
    const when = (results: Results) => Object(results.get('first')).value === '1';
    const items = [set('a', { register: 'first' }), taskBlock({ when, tasks: [set('b')], always: [set('z')] })];
    const { told } = await walk(new FakeHost(), items, { check: true });
    expect(told).toEqual(['a would-change', 'b unknown', 'z unknown']);
    const there = (results: Results) => Object(results.get('first')).value !== '1';
    const other = [set('a', { register: 'first' }), taskBlock({ when: there, tasks: [set('b')] })];
    expect((await walk(new FakeHost(), other, { check: true })).told).toEqual(['a would-change', 'b unknown']);
  });
});
