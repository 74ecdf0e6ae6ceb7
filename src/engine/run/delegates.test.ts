import { describe, expect, it } from 'vitest';
import { action, FakeHost, play as fakePlay, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError } from '../../connection/connection.js';
import type { Task } from '../../model/task.js';
import { sh } from '../../sh.js';

/** A play whose tasks may be delegated to any host. */
const play: typeof fakePlay = (hosts, program, more = {}) => {
  const made = fakePlay(hosts, program, more);
  const [{ settings } = { settings: undefined }] = made.hosts;
  if (settings === undefined) throw new Error('a play has a host');
  return { ...made, settingsOf: () => settings };
};

describe('a task that is delegated', () => {
  it('is done on the other host, over its one connection and under its lock; results stay here', async () => {
    const [web1, db1] = [new FakeHost(), new FakeHost()];
    const items = [
      setting('a', '1', { delegate: 'db1', register: 'made' }),
      setting('b', '1', { delegate: 'db1', when: (results) => Reflect.get(Object(results.get('made')), 'changed') }),
      setting('c', '1'),
    ];
    const { lines, ends, report } = await runOver({ web1, db1 }, [play(['web1'], items)]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set b: changed  -> 1', 'web1 set c: changed  -> 1']);
    expect(ends.map(({ delegate }) => delegate)).toEqual(['db1', 'db1', undefined]);
    expect(web1.requests).toEqual(['facts', 'c', 'set c=1 | c']);
    expect(db1.requests).toEqual(['facts', 'a', 'set a=1 | a', 'b', 'set b=1 | b']);
    expect(db1).toMatchObject({ opened: 1, closed: 1, isLocked: true });
    expect(Object.keys(report.hosts)).toEqual(['web1']);
  });

  it('notifies handlers of its own host, recorded there before the change', async () => {
    const [web1, db1] = [new FakeHost(), new FakeHost()];
    const restart = action('restart');
    const order: string[] = [];
    web1.onRequest = (request) => order.push(`web1 ${request}`);
    db1.onRequest = (request) => order.push(`db1 ${request}`);
    await runOver({ web1, db1 }, [play(['web1'], [setting('a', '1', { delegate: 'db1', notify: [restart] })])]);
    expect(order).toEqual([
      'web1 facts',
      'db1 facts',
      'db1 a',
      'web1 record',
      'db1 set a=1 | a',
      'web1 restart',
      'web1 set restart=done, strike | restart',
    ]);
    expect(web1.pending.size).toBe(0);
  });

  it('may itself be a handler', async () => {
    const [web1, db1] = [new FakeHost(), new FakeHost()];
    const restart = action('restart', { delegate: 'db1' });
    const { lines } = await runOver({ web1, db1 }, [play(['web1'], [setting('a', '1', { notify: [restart] })])]);
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 restart: changed done']);
    expect(db1.settings.get('restart')).toBe('done');
    expect(web1.pending.size).toBe(0);
  });

  it('loses nothing when several hosts do it on one, which works on itself meanwhile', async () => {
    const names = ['web1', 'web2', 'web3', 'db1'];
    const hosts = Object.fromEntries(names.map((name) => [name, new FakeHost()]));
    for (const host of Object.values(hosts)) host.onRequest = () => new Promise((resolve) => setTimeout(resolve, 2));
    const append = (name: string): Task[] => {
      const delegate = { delegate: name === 'db1' ? 'web1' : 'db1' };
      return [0, 1, 2].flatMap((round) => [appending(`${name}${round}`, {}), appending(`${name}${round}`, delegate)]);
    };
    const { report } = await runOver(hosts, [play(names, append)]);
    expect(report.exitStatus).toBe(0);
    const list = hosts.db1?.settings.get('list')?.split(',').sort();
    expect(list).toEqual(names.flatMap((name) => [0, 1, 2].map((round) => `${name}${round}`)).sort());
    for (const host of Object.values(hosts)) expect(host.opened).toBe(1);
  });

  it('fails when the other host is out of reach, asked once; it may be ignored, and its own host goes on', async () => {
    const web1 = new FakeHost();
    let asked = 0;
    const connect = async (name: string) => {
      if (name === 'web1') return web1.connect();
      asked += 1;
      throw new ConnectionError('refused', 'db1: nothing listens on port 22', 'is sshd running?');
    };
    const items = [
      setting('a', '1', { delegate: 'db1', ignoreErrors: true }),
      setting('b', '1'),
      setting('c', '1', { delegate: 'db1' }),
      setting('d', '1'),
    ];
    const { lines, report } = await runOver({ web1 }, [play(['web1'], items)], { connect });
    expect(lines).toEqual([
      'web1 set a: failed delegated to db1: db1: nothing listens on port 22',
      'web1 set b: changed  -> 1',
      'web1 set c: failed delegated to db1: db1: nothing listens on port 22',
    ]);
    expect(asked).toBe(1);
    expect(report.hosts.web1).toMatchObject({ failed: 1, ignored: 1, unreachable: 0 });
  });

  it('is only foreseen in check mode', async () => {
    const [web1, db1] = [new FakeHost(), new FakeHost()];
    const needing = setting('b', '1', { delegate: 'db1', resource: { needs: ['path:a'] } });
    const items = [
      setting('a', '1', { delegate: 'db1' }),
      needing,
      setting('c', '1', { resource: { needs: ['path:a'] } }),
    ];
    const { lines } = await runOver({ web1, db1 }, [play(['web1'], items)], { check: true });
    expect(lines).toEqual([
      'web1 set a: would-change  -> 1',
      'web1 set b: unknown  -> 1',
      'web1 set c: would-change  -> 1',
    ]);
    expect(db1).toMatchObject({ isLocked: false, requests: ['facts', 'a', 'b'] });
  });

  it('is done once for all with run_once, and here where it is delegated to this very host', async () => {
    const hosts = { web1: new FakeHost(), web2: new FakeHost(), db1: new FakeHost() };
    const items = (name: string) => [
      setting('a', '1', { delegate: 'db1', runOnce: true, register: 'made' }),
      setting('own', '1', { delegate: name }),
    ];
    const { lines } = await runOver(hosts, [play(['web1', 'web2'], items)], { forks: 1 });
    expect(lines).toEqual([
      'web1 set a: changed  -> 1',
      'web1 set own: changed  -> 1',
      'web2 set a: ok run once, on web1',
      'web2 set own: changed  -> 1',
    ]);
    expect(hosts.db1.requests).toEqual(['facts', 'a', 'set a=1 | a']);
    expect(hosts.web2.requests).toEqual(['facts', 'own', 'set own=1 | own']);
  });

  it('finds a connection that lasts, also to a host that is through', async () => {
    const [web1, db1] = [new FakeHost(), new FakeHost()];
    web1.onRequest = () => new Promise((resolve) => setTimeout(resolve, 5));
    const items = (name: string) => (name === 'db1' ? [] : [setting('x', '1'), setting('a', '1', { delegate: 'db1' })]);
    const { report } = await runOver({ web1, db1 }, [{ ...play(['db1', 'web1'], items), delegates: new Set(['db1']) }]);
    expect(report.exitStatus).toBe(0);
    expect(db1).toMatchObject({ opened: 1, closed: 1 });
  });
});

/** Adds to a list: what was read before someone else added to it must not be written back. */
function appending(word: string, more: Partial<Omit<Task, 'resource'>>): Task {
  return setting('list', '', {
    name: `add ${word}`,
    ...more,
    plan: (state) => {
      const list = state === '' ? [] : state.split(',');
      if (list.includes(word)) return { verdict: 'ok' };
      const next = [...list, word].join(',');
      return {
        verdict: 'change',
        summary: `${state} -> ${next}`,
        apply: { via: 'sh', script: sh`SET list ${next}` },
      };
    },
  });
}
