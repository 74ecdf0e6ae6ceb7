import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError } from '../../connection/connection.js';
import { flushHandlers } from '../../model/task.js';
import { handlerId } from './pending.js';

describe('handlers', () => {
  it('run once at the flush, in the order of their definition', async () => {
    const host = new FakeHost();
    const handlers = [action('reload'), action('restart')];
    const items = [
      setting('a', '1', { notify: ['restart', 'reload'] }),
      setting('b', '1', { notify: ['restart'] }),
      flushHandlers,
      setting('c', '1', { notify: ['reload'] }),
      setting('d', ''),
    ];
    const { ends } = await runOver({ web1: host }, [play(['web1'], items, { handlers })]);
    expect(ends.map(({ task, handler, outcome }) => `${handler ? 'handler ' : ''}${task}: ${outcome}`)).toEqual([
      'set a: changed',
      'set b: changed',
      'handler reload: changed',
      'handler restart: changed',
      'set c: changed',
      'set d: ok',
      'handler reload: changed',
    ]);
  });

  it('are recorded before the change and struck off with their success, in no more requests', async () => {
    const host = new FakeHost();
    const restart = action('restart');
    await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { notify: [restart] })])]);
    expect(host.requests).toEqual([
      'facts',
      'a',
      'record, set a=1 | a | restart',
      'set restart=done, strike | restart',
    ]);
    expect(host.pending).toEqual(new Map());
  });

  it('stay recorded when a later task fails, and run on the next run, once', async () => {
    const host = new FakeHost();
    host.failing.set('b', { status: 1 });
    const restart = action('restart', { role: 'app' });
    const items = [setting('a', '1', { notify: [restart] }), setting('b', '1')];
    const site = [play(['web1'], items)];
    const first = await runOver({ web1: host }, site);
    expect(first.lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: failed  -> 1: exit status 1']);
    expect(host.pending).toEqual(new Map([[handlerId(restart), 'restart']]));

    host.failing.clear();
    const second = await runOver({ web1: host }, [play(['web1'], [flushHandlers, ...items])]);
    expect(second.lines).toEqual([
      'web1 set a: ok',
      'web1 set b: changed  -> 1',
      'web1 restart: changed done, pending from an earlier run',
    ]);
    expect(host.pending).toEqual(new Map());
    const third = await runOver({ web1: host }, site);
    expect(third.lines).toEqual(['web1 set a: ok', 'web1 set b: ok']);
  });

  it('stay recorded when they fail, and those behind them do not run', async () => {
    const host = new FakeHost();
    host.failing.set('reload', { status: 1 });
    const handlers = [action('reload'), action('restart')];
    const items = [setting('a', '1', { notify: ['reload', 'restart'] })];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { handlers })]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 reload: failed done: exit status 1']);
    expect([...host.pending.values()]).toEqual(['reload', 'restart']);
  });

  it('are recorded again when their script succeeds and the second reading does not', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => request.startsWith('set restart') && host.failing.set('restart', { stdout: '' });
    const { lines } = await runOver({ web1: host }, [
      play(['web1'], [setting('a', '1', { notify: [action('restart')] })]),
    ]);
    expect(lines[1]).toBe('web1 restart: failed did not converge: not done');
    expect([...host.pending.values()]).toEqual(['restart']);
  });

  it('that no play has are reported and stay pending', async () => {
    const host = new FakeHost();
    host.pending.set('old-1234', 'an old one');
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '')])]);
    expect(lines).toEqual([
      'web1 set a: ok',
      'web1 warning: the handler "an old one" is pending from an earlier run, but no play of this run has it: it stays pending (--drop-pending drops it)',
    ]);
    expect(host.pending.size).toBe(1);
    expect(report.exitStatus).toBe(0);
  });

  it('that no play has are dropped where that is wanted, and only said to be in check mode', async () => {
    const host = new FakeHost();
    host.pending.set('old-1234', 'an old one');
    const plays = [play(['web1'], [setting('a', '')])];
    const found = 'web1 info: the handler "an old one" is pending from an earlier run, but no play of this run has it';
    const checked = await runOver({ web1: host }, plays, { dropPending: true, check: true });
    expect(checked.lines).toContain(`${found}: it would be dropped`);
    expect(host.pending.size).toBe(1);
    const { lines } = await runOver({ web1: host }, plays, { dropPending: true });
    expect(lines).toContain(`${found}: it was dropped`);
    expect(host.pending.size).toBe(0);
  });

  it('left pending are found in a later play', async () => {
    const host = new FakeHost();
    const restart = action('restart');
    host.pending.set(handlerId(restart), 'restart');
    const plays = [play(['web1'], [setting('a', '')]), play(['web1'], [setting('b', '', { notify: [restart] })])];
    const { lines } = await runOver({ web1: host }, plays);
    expect(lines).toEqual([
      'web1 set a: ok',
      'web1 set b: ok',
      'web1 restart: changed done, pending from an earlier run',
    ]);
    expect(host.pending.size).toBe(0);
  });

  it('left pending wait for the task that corrects what they failed for, beyond the flush of another role', async () => {
    const host = new FakeHost();
    const pull = action('pull');
    host.pending.set(handlerId(pull), 'pull');
    const items = [setting('docker', ''), flushHandlers, setting('password', 'new', { notify: [pull] }), flushHandlers];
    const { lines } = await runOver({ web1: host }, [play(['web1'], [...items, setting('last', '')])]);
    expect(lines).toEqual([
      'web1 set docker: ok',
      'web1 set password: changed  -> new',
      'web1 pull: changed done',
      'web1 set last: ok',
    ]);
  });

  it('are struck off when there is nothing left for them to do', async () => {
    const host = new FakeHost();
    const handlers = [setting('h', ''), setting('never', '1', { when: () => false })];
    const items = [setting('a', '1', { notify: ['set h', 'set never'] })];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items, { handlers })]);
    expect(lines.slice(1)).toEqual(['web1 set h: ok', 'web1 set never: skipped its condition is false']);
    expect(host.pending.size).toBe(0);
  });

  it('may notify others', async () => {
    const host = new FakeHost();
    const second = action('second');
    const first = action('first', { notify: [second] });
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { notify: [first] })])]);
    expect(lines.slice(1)).toEqual(['web1 first: changed done', 'web1 second: changed done']);
    expect(host.pending.size).toBe(0);
  });

  it('made anew for each task act once; those of one name that differ all act', async () => {
    const host = new FakeHost();
    const items = [
      setting('a', '1', { notify: [action('restart')] }),
      setting('b', '1', { notify: [action('restart'), action('reload', { name: 'restart' })] }),
    ];
    const { lines } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(lines.slice(2)).toEqual([
      'web1 restart: changed done',
      'web1 restart: ok another handler of that name has just done the same',
      'web1 restart: changed done',
    ]);
    expect(host.pending.size).toBe(0);
  });

  it('that do not exist fail the task before it changes anything', async () => {
    const host = new FakeHost();
    const items = [setting('a', '1', { notify: ['restrat'] })];
    const { ends } = await runOver({ web1: host }, [play(['web1'], items, { handlers: [action('restart')] })]);
    expect(ends).toMatchObject([
      {
        outcome: 'failed',
        summary: 'notify: there is no handler "restrat"',
        hint: 'name one of these: restart',
      },
    ]);
    expect(host.settings.size).toBe(0);
  });

  it('are recorded by the user that reads them where the user of the task cannot', async () => {
    const host = new FakeHost();
    const items = [setting('a', '1', { become: { user: 'postgres' }, notify: [action('restart')] })];
    await runOver({ web1: host }, [play(['web1'], items)]);
    expect(host.requests).toEqual([
      'facts',
      'postgres: a',
      'record',
      'postgres: set a=1 | a',
      'restart',
      'set restart=done, strike | restart',
    ]);
  });

  it('are safe when the link is lost right after the change that notified them', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => {
      if (request.startsWith('b') && host.settings.has('a')) throw new ConnectionError('lost', 'the link was lost');
    };
    const items = [setting('a', '1', { notify: [action('restart')] }), setting('b', '', { become: { user: 'b' } })];
    const { report } = await runOver({ web1: host }, [play(['web1'], items)]);
    expect(report.exitStatus).toBe(4);
    expect([...host.pending.values()]).toEqual(['restart']);
  });
});
