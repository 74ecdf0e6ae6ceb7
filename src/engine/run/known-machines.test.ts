import { describe, expect, it } from 'vitest';
import { FakeHost, play, runOver, setting, settings } from '../../../test/kit/fake-host.js';
import { type Claim, LockedError } from '../../connection/connection.js';
import type { ConnectionSettings, Play } from '../../model/play.js';

const identity = '3d1219c7c4c5404aaa1f6d2a48adfda4 b2bfe6e1-4276-494f-8330-35490ab8d0f8 65024:2 4:4026531832';

function machine(): FakeHost {
  const host = new FakeHost();
  host.facts.machine = identity;
  return host;
}

/** Play of hosts with settings of their own; each is told apart by its address. */
function playOf(hosts: Readonly<Record<string, Partial<ConnectionSettings>>>): Play {
  const made = Object.entries(hosts).map(([name, own]) => ({ name, settings: { ...settings, address: name, ...own } }));
  return { ...play([], [setting('a', '1')]), hosts: made };
}

describe('two addresses of one machine were changed as if they were two hosts', () => {
  it.each([false, true])('(check: %s): the second fails before any of its tasks', async (check) => {
    const fake = { eth0: machine(), eth1: machine() };
    const { lines, events, report } = await runOver(fake, [playOf({ eth0: {}, eth1: {} })], { check });
    expect(lines).toEqual([
      'eth1 host-failed: eth1 and eth0 are one machine: this run already works on it as eth0',
      expect.stringMatching(/^eth0 set a: (would-change|changed)/),
    ]);
    expect(events.find(({ event }) => event === 'host-failed')).toMatchObject({
      hint: 'give it one name in the inventory, which may be in several groups; or correct the address of one',
    });
    expect(report.exitStatus).toBe(2);
    expect(fake.eth1).toMatchObject({ requests: ['facts'], closed: 1 });
  });

  it('also where the first was done with in an earlier play, or a task is delegated to the second', async () => {
    const fake = { eth0: machine(), eth1: machine() };
    const plays = [playOf({ eth0: {} }), playOf({ eth1: {} })];
    expect((await runOver(fake, plays)).lines[1]).toMatch('eth1 host-failed: eth1 and eth0 are one machine');

    const made = play(['eth0'], [setting('a', '1', { delegate: 'eth1' })]);
    const settingsOf = (address: string) => ({ ...settings, address });
    const { lines } = await runOver({ eth0: machine(), eth1: machine() }, [{ ...made, settingsOf }]);
    expect(lines).toEqual([
      'eth0 set a: failed delegated to eth1: eth1 and eth0 are one machine: this run already works on it as eth0',
    ]);
  });

  it('and the lock, which the run itself held, was said to be held by another run', async () => {
    const fake = { eth0: new FakeHost(), eth1: new FakeHost(), eth2: new FakeHost() };
    const { connect } = fake.eth0;
    let claim: string | undefined;
    const lock = (_: unknown, taken?: Claim) => {
      claim = taken?.name;
    };
    fake.eth0.connect = () => ({ ...connect.call(fake.eth0), lock });
    fake.eth1.onRequest = () => {
      throw new LockedError('another run is at work on this host', 'wait', claim);
    };
    fake.eth2.onRequest = () => {
      throw new LockedError('another run is at work on this host', 'wait', 'of-another-run');
    };
    const { lines } = await runOver(fake, [playOf({ eth0: {} }), playOf({ eth1: {}, eth2: {} })]);
    expect(lines.slice(1)).toEqual([
      'eth1 host-failed: eth1 and eth0 are one machine: this run already works on it as eth0',
      'eth2 host-failed: another run is at work on this host',
    ]);
  });

  it('but not what shares a machine on purpose, or is not known to', async () => {
    const none = async (hosts: Readonly<Record<string, Partial<ConnectionSettings>>>, unlike: FakeHost = machine()) => {
      const [first = '', second = ''] = Object.keys(hosts);
      const { report } = await runOver({ [first]: machine(), [second]: unlike }, [playOf(hosts)]);
      expect(report.exitStatus).toBe(0);
    };
    await none({ a: { root: '/srv/a' }, b: { root: '/srv/b' } });
    await none({ a: {}, b: { root: '/srv/b' } });
    await none({ a: {}, b: { connection: 'local' } });
    await none({ bootstrap: { address: 'a', user: 'root' }, a: { address: 'a', user: 'ops' } });
    await none({ a: {}, b: {} }, new FakeHost());
    const container = machine();
    container.facts.machine = identity.replace('65024:2', '312:5');
    await none({ a: { address: 'a', port: 2201 }, b: { address: 'a', port: 2202 } }, container);
  });
});
