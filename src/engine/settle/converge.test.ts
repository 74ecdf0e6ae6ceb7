import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError } from '../../connection/connection.js';
import { stage } from '../../model/task.js';
import { sh } from '../../sh.js';

const letters = (from: string, to: string) =>
  Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_, index) =>
    String.fromCharCode(from.charCodeAt(0) + index),
  );

/** A host on which all of these are as wanted. */
function hostWith(...keys: string[]): FakeHost {
  const host = new FakeHost();
  for (const key of keys) host.settings.set(key, '1');
  return host;
}

describe('round trips', () => {
  it('costs one for facts and one for all probes when nothing changes', async () => {
    const keys = letters('a', 'z');
    const host = hostWith(...keys);
    const { report } = await runOver({ web1: host }, [
      play(
        ['web1'],
        keys.map((key) => setting(key, '1')),
      ),
    ]);
    expect(host.requests).toEqual(['facts', keys.join(' ')]);
    expect(report.hosts.web1).toMatchObject({ ok: 26, changed: 0, failed: 0 });
    expect(report.exitStatus).toBe(0);
  });

  it('asks once for each user', async () => {
    const host = hostWith('a', 'b', 'c');
    const become = { user: 'postgres' };
    await runOver({ web1: host }, [
      play(['web1'], [setting('a', '1'), setting('b', '1', { become }), setting('c', '1')]),
    ]);
    expect(host.requests).toEqual(['facts', 'a c', 'postgres: b']);
  });

  it('applies, measures and looks a few tasks ahead in one, and farther each time while tasks come out ok', async () => {
    const keys = letters('a', 'z');
    const host = hostWith(...keys.slice(1));
    await runOver({ web1: host }, [
      play(
        ['web1'],
        keys.map((key) => setting(key, '1')),
      ),
    ]);
    expect(host.requests).toEqual([
      'facts',
      keys.join(' '),
      'set a=1 | a | b | c | d | e',
      letters('f', 'm').join(' '),
      letters('n', 'z').join(' '),
    ]);
  });

  it('costs one for each change', async () => {
    const host = new FakeHost();
    await runOver({ web1: host }, [
      play(
        ['web1'],
        letters('a', 'c').map((key) => setting(key, '1')),
      ),
    ]);
    expect(host.requests).toEqual(['facts', 'a b c', 'set a=1 | a | b | c', 'set b=1 | b | c', 'set c=1 | c']);
  });

  it('never uses what was read before a change', async () => {
    const host = hostWith('b');
    host.onRequest = (request) => request.startsWith('set a') && host.settings.set('b', 'spoilt');
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: changed spoilt -> 1']);
  });

  it('looks ahead no farther than the next stage', async () => {
    const host = hostWith('a', 'b', 'c');
    const later = stage('the rest', (results) => {
      expect(results.get('first')).toMatchObject({ changed: false, value: '1' });
      return [setting('b', '1')];
    });
    const items = [setting('a', '1', { register: 'first' }), later, setting('c', '1')];
    await runOver({ web1: host }, [play(['web1'], items)]);
    expect(host.requests).toEqual(['facts', 'a', 'b c']);
  });

  it('connects, locks and asks for facts once a host, however many plays', async () => {
    const host = hostWith('a', 'b');
    await runOver({ web1: host }, [play(['web1'], [setting('a', '1')]), play(['web1'], [setting('b', '1')])]);
    expect(host.requests).toEqual(['facts', 'a', 'b']);
    expect(host).toMatchObject({ opened: 1, closed: 1, isLocked: true });
  });
});

describe('a change', () => {
  it('fails when the second reading does not show it', async () => {
    const host = new FakeHost();
    const stubborn = setting('a', '1', { change: { apply: { via: 'sh', script: sh`true` } } });
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [stubborn, setting('b', '1')])]);
    expect(lines).toEqual(['web1 set a: failed did not converge:  -> 1']);
    expect(report.exitStatus).toBe(2);
  });

  it('fails with what its script said', async () => {
    const host = new FakeHost();
    host.failing.set('a', { status: 1, stderr: 'No space left on device' });
    const { ends } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(ends[0]).toMatchObject({
      outcome: 'failed',
      summary: ' -> 1: exit status 1',
      stderr: 'No space left on device',
      status: 1,
    });
  });

  it('says that it took too long', async () => {
    const host = new FakeHost();
    host.failing.set('a', { status: 124, timedOut: true });
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines).toEqual(['web1 set a: failed  -> 1: not done within 600 s']);
  });

  it('brings its own judgement of the state and of what its script said', async () => {
    const host = new FakeHost();
    const verify = (state: string) => (state === '1' ? 'one is too few' : undefined);
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { change: { verify } })])]);
    expect(lines).toEqual(['web1 set a: failed did not converge: one is too few']);
  });

  it('uploads a stream, then measures', async () => {
    const host = new FakeHost();
    const content = () => Readable.from(['bytes']);
    const apply = { via: 'upload', script: sh`SET a 1`, content } as const;
    const items = [setting('a', '1', { change: { apply } }), setting('b', '')];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: ok']);
    expect(host.requests).toEqual(['facts', 'a b', 'set a=1', 'a b']);
  });

  it('may be made by the controller, which says why it could not', async () => {
    const host = new FakeHost();
    const work = (failure?: string) => ({
      via: 'controller' as const,
      run: async (session: { run(script: ReturnType<typeof sh>): Promise<unknown>; progress(line: string): void }) => {
        session.progress('halfway');
        await session.run(sh`SET a 1`);
        return failure;
      },
    });
    const done = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { change: { apply: work() } })])]);
    expect(done.lines).toEqual(['web1 set a: changed  -> 1']);
    expect(done.events.find(({ event }) => event === 'task-line')).toMatchObject({ line: 'halfway', task: 'set a' });
    host.settings.clear();
    const apply = work('two images could not be copied');
    const failed = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { change: { apply } })])]);
    expect(failed.lines).toEqual(['web1 set a: failed two images could not be copied']);
  });
});

describe('tasks that come to no change', () => {
  it('are kept, refused, or unreadable', async () => {
    const host = hostWith('a');
    host.settings.set('c', 'unreadable');
    const kept = setting('a', '2', {
      plan: () => ({
        verdict: 'kept',
        summary: 'differs',
        hint: 'use --force',
        diff: { label: 'a', before: '', after: '' },
      }),
    });
    const refused = setting('b', '', { plan: () => ({ verdict: 'refused', message: 'malformed', hint: 'mend it' }) });
    const { ends, report } = await runOver({ web1: host, web2: hostWith('a'), web3: host }, [
      play(['web1'], [kept, refused]),
      play(['web3'], [setting('c', '1')]),
    ]);
    expect(ends).toMatchObject([
      { outcome: 'kept', summary: 'differs', hint: 'use --force', diff: { label: 'a' } },
      { outcome: 'failed', summary: 'malformed', hint: 'mend it' },
      { outcome: 'failed', summary: 'cannot read' },
    ]);
    expect(report.hosts.web1).toMatchObject({ ok: 1, kept: 1, failed: 1 });
  });

  it('may fail to be read before they are reached without harm', async () => {
    const host = new FakeHost();
    host.settings.set('b', 'unreadable');
    host.onRequest = (request) => request.startsWith('set a') && host.settings.set('b', '1');
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: ok']);
  });

  it('fail for a user that cannot be become when they are reached, not before', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => {
      if (request.startsWith('postgres')) throw new ConnectionError('become-not-allowed', 'no sudo for postgres');
    };
    const items = [setting('a', '1'), setting('b', '1', { become: { user: 'postgres' } })];
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: failed no sudo for postgres']);
    expect(report.exitStatus).toBe(2);
  });
});

describe('conditions and results', () => {
  it('are decided when the task is reached', async () => {
    const host = hostWith('b');
    const changed = (name: string) => (results: ReadonlyMap<string, unknown>) =>
      JSON.stringify(results.get(name)).includes('"changed":true');
    const items = [
      setting('a', '1', { register: 'first' }),
      setting('b', '1', { register: 'second', when: changed('first') }),
      setting('c', '1', { when: changed('second'), register: 'third' }),
      setting('d', '1', { when: () => Boolean(JSON.parse('{')) }),
    ];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(lines.slice(0, 3)).toEqual([
      'web1 set a: changed  -> 1',
      'web1 set b: ok',
      'web1 set c: skipped its condition is false',
    ]);
    expect(lines[3]).toMatch(/web1 set d: failed its condition could not be evaluated: .*JSON/);
  });

  it('are collected over a loop', async () => {
    const host = hostWith('a');
    const loop = (index: number, item: string) => ({ register: 'all', loop: { index, count: 3, item } });
    let seen: unknown;
    const items = [
      setting('a', '1', loop(0, 'a')),
      setting('b', '1', loop(1, 'b')),
      { kind: 'skipped' as const, name: 'c', reason: 'when: false', ...loop(2, 'c') },
      stage('look', (results) => {
        seen = results.get('all');
        return [];
      }),
    ];
    const { report } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(seen).toMatchObject({
      changed: true,
      failed: false,
      skipped: false,
      results: [
        { changed: false, value: '1', item: 'a' },
        { changed: true, value: '1', item: 'b', rc: 0, stdout: '' },
        { skipped: true, item: 'c' },
      ],
    });
    expect(report.hosts.web1).toMatchObject({ ok: 2, changed: 1, skipped: 1 });
  });
});

describe('under a root', () => {
  it('skips what has no place below a folder, and neither locks nor records', async () => {
    const host = hostWith('/srv/image/etc/a');
    const at = setting('a', '1', { resource: { probe: (context) => sh`PROBE ${context.at('/etc/a')}` } });
    const items = [at, setting('b', '1', { resource: { staging: 'skip' } })];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { settings: { root: '/srv/image' } })]);
    expect(lines[1]).toBe('web1 set b: skipped not done with --root');
    expect(host.requests[1]).toBe('/srv/image/etc/a');
    expect(host.isLocked).toBe(false);
  });
});
