import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { action, FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError } from '../../connection/connection.js';
import { taskBlock } from '../../model/task-block.js';
import { sh } from '../../sh.js';

const lost = () => new ConnectionError('lost', 'the link was lost');
const again: string = expect.stringMatching(/^web1 warning: the link was lost; it was restored after \d+\.\d s$/);

/** A host whose link is lost in the first request that begins so, before or behind it. */
function losing(begin: string, when: 'onRequest' | 'onAnswer'): FakeHost {
  const host = new FakeHost();
  let times = 0;
  host[when] = (request) => {
    if (!request.startsWith(begin)) return;
    times += 1;
    if (times === 1) throw lost();
  };
  return host;
}

/** Counts how often a change was made. */
const made = (host: FakeHost, change: string) => host.requests.filter((request) => request.includes(change)).length;

describe('a question whose link is lost', () => {
  it('is asked again on a new one, with the lock taken again', async () => {
    const host = losing('a b', 'onRequest');
    host.settings.set('a', '1').set('b', '1');
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual([again, 'web1 set a: ok', 'web1 set b: ok']);
    expect(host.requests).toEqual(['facts', 'a b', 'same boot?', 'a b']);
    expect(host).toMatchObject({ opened: 2, closed: 2 });
    expect(report.exitStatus).toBe(0);
  });

  it('is asked three times, and not once more', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => {
      if (request === 'a') throw lost();
    };
    const { report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(host.requests.filter((request) => request === 'a').length).toBe(3);
    expect(report).toMatchObject({ exitStatus: 4, hosts: { web1: { unreachable: 1 } } });
  });

  it('leaves a host unreachable that is not reached again in time', async () => {
    const host = losing('a', 'onRequest');
    let calls = 0;
    const connect = async () => {
      calls += 1;
      if (calls > 1) throw new ConnectionError('refused', 'web1:22 refused the connection');
      return host.connect();
    };
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], {
      connect,
      reconnectSeconds: 0.6,
    });
    expect(lines).toEqual([
      'web1 host-unreachable: the link was lost; it could not be restored within 0.6 s: web1:22 refused the connection',
    ]);
    expect(calls).toBe(3);
    expect(report.exitStatus).toBe(4);
  });

  it('does not knock again where the key has changed', async () => {
    const host = losing('a', 'onRequest');
    let calls = 0;
    const connect = async () => {
      calls += 1;
      if (calls > 1) throw new ConnectionError('host-key-changed', 'the host key has changed');
      return host.connect();
    };
    await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], { connect });
    expect(calls).toBe(2);
  });
});

describe('a change whose link is lost', () => {
  it('before it was begun is made from a new measurement, once', async () => {
    const host = losing('set a', 'onRequest');
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual([again, 'web1 set a: changed  -> 1', 'web1 set b: changed  -> 1']);
    expect(host.requests.slice(2)).toEqual([
      'set a=1 | a | b',
      'same boot?',
      'journal',
      'a b',
      'set a=1 | a | b',
      'set b=1 | b',
    ]);
  });

  it('twice before it was begun is given up', async () => {
    const host = new FakeHost();
    host.onRequest = (request) => {
      if (request.startsWith('set')) throw lost();
    };
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines.at(-1)).toBe(
      'web1 set a: failed  -> 1: not done: the link was lost before it started: the link was lost',
    );
    expect(made(host, 'set a')).toBe(2);
    expect(report.exitStatus).toBe(2);
  });

  it('before it was begun is found to be no more needed', async () => {
    const host = losing('set a', 'onRequest');
    const { lines } = await runOver({ web1: host }, [
      play(
        ['web1'],
        [setting('a', '1', { plan: (state) => (host.opened > 1 && state === '' ? { verdict: 'ok' } : undefined) })],
      ),
    ]);
    expect(lines).toEqual([again, 'web1 set a: ok']);
  });

  it('that is known to be gone is not sent: what was measured over it is measured again', async () => {
    const host = new FakeHost();
    host.onAnswer = (request) => {
      if (request !== 'a b') return;
      host.hasLostLink = host.opened === 1;
    };
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual([again, 'web1 set a: changed  -> 1', 'web1 set b: changed  -> 1']);
    expect(host.requests.slice(1, 5)).toEqual(['a b', 'same boot?', 'a b', 'set a=1 | a | b']);
  });

  it('that is known to be gone for good is said not to be sent', async () => {
    const host = new FakeHost();
    host.onAnswer = (request) => {
      host.hasLostLink = request === 'a';
    };
    const connect = async () => {
      if (host.opened > 0) throw new ConnectionError('refused', 'web1:22 refused the connection');
      return host.connect();
    };
    const options = { connect, reconnectSeconds: 0.1 };
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], options);
    expect(lines).toEqual(['web1 host-unreachable: link lost before "set a" was applied: it was not sent; run again']);
    expect(report.exitStatus).toBe(4);
  });

  it('is not waited for when the run is interrupted', async () => {
    const host = losing('set a', 'onRequest');
    const interrupt = new AbortController();
    const connect = async () => {
      if (host.opened === 0) return host.connect();
      interrupt.abort();
      throw new ConnectionError('refused', 'web1:22 refused the connection');
    };
    const began = performance.now();
    const options = { connect, signal: interrupt.signal };
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], options);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(lines.at(-1)).toContain('outcome unknown');
    expect(report.interrupted).toBe(true);
  });

  it('behind it is judged by what is measured then', async () => {
    const host = losing('set a', 'onAnswer');
    const { lines, report } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1'), setting('b', '1')])]);
    expect(lines).toEqual([
      again,
      'web1 set a: changed  -> 1 (the link was lost while it was applied: found done afterwards)',
      'web1 set b: changed  -> 1',
    ]);
    expect(made(host, 'set a')).toBe(1);
    expect(report.exitStatus).toBe(0);
  });

  it('behind it fails with the status that the journal has', async () => {
    const host = losing('set a', 'onAnswer');
    host.failing.set('a', { status: 5, stderr: 'No space left on device' });
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines.at(-1)).toBe('web1 set a: failed  -> 1: exit status 5; its output was lost with the link');
    expect(made(host, 'set a')).toBe(1);
  });

  it('in the middle is unknown where it is not found done, and not made again', async () => {
    const host = losing('set a', 'onAnswer');
    const half = host.onAnswer;
    host.onAnswer = (request) => {
      if (request.startsWith('set a')) {
        for (const id of host.journal.keys()) host.journal.set(id, 'started');
        host.settings.set('a', 'half');
      }
      return half(request);
    };
    const { lines, report, ends } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines.at(-1)).toBe(
      'web1 set a: failed  -> 1: outcome unknown: the link was lost while it was applied, and it started but did not finish; found afterwards: still to be done: half -> 1',
    );
    expect(ends.at(-1)?.hint).toBe('check it on the host, or run again; it was not applied a second time');
    expect(made(host, 'set a')).toBe(1);
    expect(report.exitStatus).toBe(2);
  });

  it.each([141, 143])('by which it was ended (%i) is unknown, and not taken for its failure', async (status) => {
    const host = losing('set a', 'onAnswer');
    host.failing.set('a', { status });
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines.at(-1)).toContain(
      `outcome unknown: the link was lost while it was applied, and it was ended with status ${status}`,
    );
    expect(made(host, 'set a')).toBe(1);
  });

  it('in the middle is done where it is found done', async () => {
    const host = losing('set a', 'onAnswer');
    const whole = host.onAnswer;
    host.onAnswer = (request) => {
      if (request.startsWith('set a')) for (const id of host.journal.keys()) host.journal.set(id, 'started');
      return whole(request);
    };
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])]);
    expect(lines.at(-1)).toBe(
      'web1 set a: changed  -> 1 (the link was lost while it was applied: found done afterwards)',
    );
  });

  it('leaves the host alone where its outcome is unknown: no other try, no rescue, and it is not ignored', async () => {
    const host = losing('set a', 'onAnswer');
    const half = host.onAnswer;
    host.onAnswer = (request) => {
      if (request.startsWith('set a')) {
        for (const id of host.journal.keys()) host.journal.set(id, 'started');
        host.settings.set('a', 'half');
      }
      return half(request);
    };
    const words = { retry: { retries: 3, delay: 0 }, ignoreErrors: true, failedWhen: false };
    const block = taskBlock({
      tasks: [setting('a', '1', words)],
      rescue: [setting('r', '1')],
      always: [setting('z', '1')],
    });
    const { ends, report } = await runOver({ web1: host }, [play(['web1'], [block])]);
    expect(ends.map(({ task, outcome }) => `${task}: ${outcome}`)).toEqual(['set a: failed']);
    expect(made(host, 'set a')).toBe(1);
    expect(report.hosts.web1).toMatchObject({ failed: 1, ignored: 0, rescued: 0 });
  });

  it('is unknown where the host was started anew meanwhile and tells nothing', async () => {
    const host = losing('set a', 'onRequest');
    const connect = async () => {
      const connection = host.connect();
      if (host.opened === 1) return connection;
      const { probe } = connection;
      return {
        ...connection,
        probe: async (...asked: Parameters<typeof probe>) =>
          (await probe(...asked)).map((answer, index) =>
            asked[0][index]?.script.script.includes('grep -qxF') ? { ...answer, status: 1 } : answer,
          ),
      };
    };
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], { connect });
    expect(lines.at(-1)).toContain(
      'outcome unknown: the link was lost while it was applied, and the host has no record',
    );
    expect(made(host, 'set a')).toBe(1);
  });

  it('has an unknown outcome where the host is not reached again', async () => {
    const host = losing('set a', 'onRequest');
    const connect = async () => {
      if (host.opened > 0) throw new ConnectionError('refused', 'web1:22 refused the connection');
      return host.connect();
    };
    const { lines, report, events } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1')])], {
      connect,
      reconnectSeconds: 0.1,
    });
    expect(lines).toEqual([
      'web1 host-unreachable: link lost while "set a" was being applied: outcome unknown; run again to find out',
    ]);
    expect(events.find(({ event }) => event === 'host-unreachable')).toMatchObject({
      problem: 'lost',
      hint: 'the link was lost; it could not be restored within 0.1 s: web1:22 refused the connection',
    });
    expect(report).toMatchObject({ exitStatus: 4, hosts: { web1: { unreachable: 1, failed: 0 } } });
  });

  it('and is an upload is told by the journal too', async () => {
    const host = losing('set a', 'onRequest');
    const content = () => Readable.from(['bytes']);
    const apply = { via: 'upload', script: sh`SET a 1`, content } as const;
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { change: { apply } })])]);
    expect(lines).toEqual([again, 'web1 set a: changed  -> 1']);
    expect(made(host, 'set a')).toBe(2);
  });

  it.each([
    true,
    false,
  ])('and is work of the controller is done again only where it may be (%s)', async (repeatable) => {
    const host = losing('set a', 'onRequest');
    const run = async (session: { run(script: ReturnType<typeof sh>): Promise<unknown> }) => {
      await session.run(sh`SET a 1`);
      return undefined;
    };
    const change = { apply: { via: 'controller' as const, run, repeatable } };
    const { lines } = await runOver({ web1: host }, [play(['web1'], [setting('a', '1', { change })])]);
    expect(made(host, 'set a')).toBe(repeatable ? 2 : 1);
    expect(lines.at(-1)).toContain(repeatable ? 'changed  -> 1' : 'failed  -> 1: outcome unknown');
  });
});

describe('handlers and a link that is lost', () => {
  const restart = action('restart');
  const site = () => [play(['web1'], [setting('a', '1', { notify: [restart] })])];

  it.each(['onRequest', 'onAnswer'] as const)('in the change that makes them due: run once (%s)', async (when) => {
    const host = losing('record, set a', when);
    const { report } = await runOver({ web1: host }, site());
    expect(report).toMatchObject({ exitStatus: 0, hosts: { web1: { changed: 2 } } });
    expect([...host.pending.keys()]).toEqual([]);
    expect(made(host, 'set restart')).toBe(1);
  });

  it.each(['onRequest', 'onAnswer'] as const)('in a handler: run once (%s)', async (when) => {
    const host = losing('set restart', when);
    const ran: string[] = [];
    const answer = host.onAnswer;
    host.onAnswer = (request) => {
      if (request.startsWith('set restart')) ran.push(request);
      return answer(request);
    };
    const { report } = await runOver({ web1: host }, site());
    expect(report).toMatchObject({ exitStatus: 0, hosts: { web1: { changed: 2 } } });
    expect(ran.length).toBe(1);
    expect([...host.pending.keys()]).toEqual([]);
    const second = await runOver({ web1: host }, site());
    expect(second.report.hosts.web1).toMatchObject({ changed: 0 });
  });

  it('in the middle of a handler leave it due for the next run', async () => {
    const host = losing('set restart', 'onAnswer');
    const answer = host.onAnswer;
    host.onAnswer = (request) => {
      if (request.startsWith('set restart') && host.opened === 1) {
        for (const id of host.journal.keys()) host.journal.set(id, 'started');
        host.settings.delete('restart');
        host.pending.set('restart-f8e8bd2c', 'restart');
      }
      return answer(request);
    };
    const { report } = await runOver({ web1: host }, site());
    expect(report).toMatchObject({ exitStatus: 2 });
    expect(host.pending.size).toBe(1);
  });
});
