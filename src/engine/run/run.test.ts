import { describe, expect, it } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError } from '../../connection/connection.js';
import { InputError } from '../../diagnostics/diagnostic.js';
import { type Stage, stage } from '../../model/task.js';
import { eventSchema, reportSchema } from '../events.js';

function hosts(...names: string[]): Record<string, FakeHost> {
  return Object.fromEntries(names.map((name) => [name, new FakeHost()]));
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

describe('a run', () => {
  it('tells what it does in events and a report that fit their schemas', async () => {
    const fake = hosts('web1', 'web2');
    fake.web2?.settings.set('a', 'unreadable');
    const place = { file: 'site.yaml', line: 3, column: 7, length: 4 };
    const items = [setting('a', '1', { place, role: 'app', tags: ['x'] })];
    const { events, report } = await runOver(fake, [play(['web1', 'web2'], items)]);
    for (const event of events) expect(eventSchema.parse(event)).toEqual(event);
    expect(reportSchema.parse(report)).toEqual(report);
    expect(events.filter((event) => !('host' in event) || event.host === 'web1').map(({ event }) => event)).toEqual([
      'run-start',
      'play-start',
      'host-start',
      'host-facts',
      'task-start',
      'task-line',
      'task-end',
      'host-end',
      'run-end',
    ]);
    expect(events.find(({ event }) => event === 'task-end')).toMatchObject({
      host: 'web2',
      play: 'play',
      role: 'app',
      task: 'set a',
      index: 1,
      handler: false,
      place: { file: 'site.yaml', line: 3, column: 7 },
    });
  });

  it('drops a host that failed or was unreachable from later plays; the others go on', async () => {
    const { web1, web2, web4 } = hosts('web1', 'web2', 'web4');
    if (!web1 || !web2 || !web4) return;
    web1.failing.set('a', { status: 1 });
    web4.onRequest = (request) => {
      if (request === 'facts') throw new ConnectionError('locked', 'another run is at work on this host', 'wait');
    };
    const web3 = new ConnectionError('refused', 'web3:22 refuses connections', 'is sshd running?');
    const names = ['web1', 'web2', 'web3', 'web4'];
    const plays = [play(names, [setting('a', '1')]), play(names, [setting('b', '1')])];
    const { lines, report, events } = await runOver({ web1, web2, web3, web4 }, plays);
    expect(lines.sort()).toEqual([
      'web1 set a: failed  -> 1: exit status 1',
      'web2 set a: changed  -> 1',
      'web2 set b: changed  -> 1',
      'web3 host-unreachable: web3:22 refuses connections',
      'web4 host-failed: another run is at work on this host',
    ]);
    expect(report.exitStatus).toBe(6);
    expect(report.hosts).toMatchObject({ web3: { unreachable: 1, failed: 0 }, web4: { unreachable: 0, failed: 1 } });
    expect(events.filter(({ event }) => event === 'play-start')).toMatchObject([{ hosts: names }, { hosts: ['web2'] }]);
    expect([web1.closed, web2.closed, web4.closed]).toEqual([1, 1, 1]);
  });

  it('fails a host whose program cannot be made, with the mistake and its place, and no other', async () => {
    const fake = hosts('web1', 'web2', 'web3');
    const site = play(['web1', 'web2', 'web3'], (host) => {
      if (host === 'web1') {
        const place = { file: 'site.yaml', line: 4, column: 2 };
        throw new InputError([
          { code: 'wrong-value', message: 'path must be absolute', place, hint: 'begin it with /' },
        ]);
      }
      if (host === 'web2') throw new TypeError('undefined is not a function');
      return [setting('a', '1')];
    });
    const { lines, events, report } = await runOver(fake, [site]);
    expect(lines.sort()).toEqual([
      'web1 host-failed: site.yaml:4:2: path must be absolute',
      'web2 host-failed: the tasks of the play "play" could not be made: undefined is not a function',
      'web3 set a: changed  -> 1',
    ]);
    expect(events.find(({ event }) => event === 'host-failed')).toMatchObject({ hint: 'begin it with /' });
    expect(report.exitStatus).toBe(2);
  });

  it('runs only what tags choose', async () => {
    const fake = hosts('web1');
    const items = [setting('a', '1', { tags: ['x'] }), setting('b', '1'), setting('c', '1', { tags: ['always'] })];
    const { lines } = await runOver(fake, [play(['web1'], items)], { tags: ['x'] });
    expect(lines).toEqual(['web1 set a: changed  -> 1', 'web1 set c: changed  -> 1']);
    expect(fake.web1?.requests[1]).toBe('a c');
  });
});

describe('hosts beside each other', () => {
  it('are as many as forks allow, each at its own pace', async () => {
    const fake = hosts('web1', 'web2', 'web3', 'web4', 'web5');
    let atWork = 0;
    let most = 0;
    for (const host of Object.values(fake)) {
      host.onRequest = async (request) => {
        if (request !== 'facts') return;
        atWork += 1;
        most = Math.max(most, atWork);
        await later(5);
        atWork -= 1;
      };
    }
    await runOver(fake, [play(Object.keys(fake), [setting('a', '1')])], { forks: 2 });
    expect(most).toBe(2);
    expect(Object.values(fake).map((host) => host.settings.get('a'))).toEqual(['1', '1', '1', '1', '1']);
  });

  it('go in batches of a serial play; when a whole batch fails, the remaining hosts are not run', async () => {
    const fake = hosts('web1', 'web2', 'web3', 'web4', 'web5');
    for (const name of ['web2', 'web3']) fake[name]?.failing.set('a', { status: 1 });
    const site = play(Object.keys(fake), [setting('a', '1')], { serial: [1, 2] });
    const { lines } = await runOver(fake, [site, play(['web1'], [setting('b', '1')])]);
    expect(lines).toEqual([
      'web1 set a: changed  -> 1',
      'web2 set a: failed  -> 1: exit status 1',
      'web3 set a: failed  -> 1: exit status 1',
      'warning: all hosts of a batch of the play "play" have failed: the remaining hosts are not run',
    ]);
    expect(fake.web4?.opened).toBe(0);
  });

  it('end together when more than a share has failed or was unreachable', async () => {
    const fake = hosts('web1', 'web2', 'web3');
    const bad = new ConnectionError('timeout', 'no answer');
    const names = ['bad', ...Object.keys(fake)];
    for (const host of Object.values(fake)) host.onRequest = () => later(5);
    const go = (maxFailPercentage: number) =>
      runOver({ bad, ...fake }, [play(names, [setting('a', '')], { maxFailPercentage }), play(names, [])]);
    const over = await go(24);
    expect(over.lines).toEqual([
      'bad host-unreachable: no answer',
      'warning: 1 of 4 hosts of the play "play" failed: the run stops (max_fail_percentage 24)',
    ]);
    expect(over.report.exitStatus).toBe(4);
    expect((await go(25)).ends.length).toBe(3);
  });

  it('end together at the first failure where errors are fatal', async () => {
    const fake = hosts('web1', 'web2');
    fake.web1?.failing.set('a', { status: 1 });
    if (fake.web2) fake.web2.onRequest = (request) => (request.startsWith('set a') ? later(10) : undefined);
    const items = [setting('a', '1'), setting('b', '1')];
    const { lines } = await runOver(fake, [play(['web1', 'web2'], items, { anyErrorsFatal: true })]);
    expect(lines).toEqual([
      'web1 set a: failed  -> 1: exit status 1',
      'warning: 1 of 2 hosts of the play "play" failed: the run stops (any_errors_fatal)',
      'web2 set a: changed  -> 1',
    ]);
  });
});

describe('run_once', () => {
  const once = (host: string) => [
    setting('a', '1', { runOnce: true, register: 'first' }),
    setting(`b-${host}`, '1', {
      when: (results) => JSON.stringify(results.get('first')).includes('"changed":true'),
    }),
  ];

  it('is done by the first host of the batch, and its result is everybody’s', async () => {
    const fake = hosts('web1', 'web2', 'web3');
    if (fake.web1) fake.web1.onRequest = () => later(5);
    const { lines } = await runOver(fake, [play(['web1', 'web2', 'web3'], once)]);
    expect(lines.sort()).toEqual([
      'web1 set a: changed  -> 1',
      'web1 set b-web1: changed  -> 1',
      'web2 set a: ok run once, on web1',
      'web2 set b-web2: changed  -> 1',
      'web3 set a: ok run once, on web1',
      'web3 set b-web3: changed  -> 1',
    ]);
    expect(fake.web2?.settings.has('a')).toBe(false);
  });

  it('is done by the next where the first drops out before it, also one at a time', async () => {
    const fake = hosts('web2', 'web3');
    const web1 = new ConnectionError('timeout', 'no answer');
    const { lines } = await runOver({ web1, ...fake }, [play(['web1', 'web2', 'web3'], once)], { forks: 1 });
    expect(lines).toEqual([
      'web1 host-unreachable: no answer',
      'web2 set a: changed  -> 1',
      'web2 set b-web2: changed  -> 1',
      'web3 set a: ok run once, on web2',
      'web3 set b-web3: changed  -> 1',
    ]);
  });

  it('fails all when it fails', async () => {
    const fake = hosts('web1', 'web2');
    fake.web1?.failing.set('a', { status: 1 });
    const { lines } = await runOver(fake, [play(['web1', 'web2'], once)]);
    expect(lines).toEqual([
      'web1 set a: failed  -> 1: exit status 1',
      'web2 set a: failed failed on web1, which ran it for all',
    ]);
  });
});

describe('an interruption', () => {
  it('lets what runs end, starts nothing more, and is reported', async () => {
    const fake = hosts('web1', 'web2');
    const interrupt = new AbortController();
    if (fake.web1) {
      fake.web1.onRequest = async (request) => {
        if (!request.startsWith('set a')) return;
        interrupt.abort();
        await later(5);
      };
    }
    const items = [setting('a', '1'), setting('b', '1')];
    const site = [play(['web1'], items), play(['web2'], items)];
    const { lines, report } = await runOver(fake, site, { signal: interrupt.signal });
    expect(lines).toEqual(['web1 set a: changed  -> 1']);
    expect(report).toMatchObject({ interrupted: true, exitStatus: 130 });
    expect(fake).toMatchObject({ web1: { closed: 1 }, web2: { opened: 0 } });
  });

  it('does not wait for a host that is being connected to, and closes it when it comes late', async () => {
    const web1 = new FakeHost();
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 5);
    let connected: Promise<void> | undefined;
    const { report } = await runOver({ web1 }, [play(['web1'], [])], {
      signal: interrupt.signal,
      connect: async () => {
        connected = later(30);
        await connected;
        return web1.connect();
      },
    });
    expect(report.exitStatus).toBe(130);
    expect(web1.opened).toBe(0);
    await connected;
    await later(1);
    expect(web1).toMatchObject({ opened: 1, closed: 1, requests: [] });
  });
});

it('fails a host whose stage gives itself, instead of letting the stack overflow', async () => {
  const again = (): Stage => stage('look again', () => [again()]);
  const { ends } = await runOver({ web1: new FakeHost() }, [play(['web1'], [again()])]);
  expect(ends.map(({ outcome, summary, hint }) => ({ outcome, summary, hint }))).toMatchInlineSnapshot(`
    [
      {
        "hint": "return only tasks from it when there is nothing more to wait for",
        "outcome": "failed",
        "summary": "the stage "look again" returned more stages 500 times and did not end",
      },
    ]
  `);
});
