import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/library/run.js';
import { FaultProxy } from '../kit/connection/fault-proxy.js';
import { type LoopbackHosts, loopbackHostsNeed, startLoopbackHosts } from '../kit/connection/loopback-hosts.js';

const missing = loopbackHostsNeed();
const count = 8;

it.runIf(process.env.PROVISION_REQUIRE_LAB === '1')('many hosts on this machine are possible', () => {
  expect(missing).toBeUndefined();
});

/* No seconds are compared: the slow host goes on only when all others have ended, so that who waits for it waits for ever. */
describe.skipIf(missing !== undefined)('a host that is slow delays nobody', () => {
  let hosts: LoopbackHosts;
  beforeAll(async () => {
    hosts = await startLoopbackHosts(count);
  });
  afterAll(() => hosts.stop());

  const inventory = (slow: string, port: number) =>
    Object.fromEntries(
      hosts.names.map((name) => [
        name,
        {
          host: name === slow ? '127.0.0.1' : hosts.addressOf(name),
          port: name === slow ? port : hosts.port,
          user: 'root',
          identity_file: hosts.clientKey,
          known_hosts_file: hosts.knownHosts,
          connect_timeout: 60,
        },
      ]),
    );

  it.each([
    ['while-it-is-connected', 32],
    ['in-the-midst-of-its-tasks', 32],
    ['where-few-are-worked-on-at-a-time', 2],
  ])('%s', async (what, forks) => {
    const slow = hosts.names[0] ?? '';
    const proxy = await FaultProxy.before({ host: hosts.addressOf(slow), port: hosts.port });
    const atOnce = what === 'while-it-is-connected';
    let stalled = false;
    const stall = () => {
      stalled = true;
    };
    if (atOnce) void proxy.strikeAt('stall', { direction: 'down', message: 1 }).then(stall);
    const ended: string[] = [];
    const path = `${hosts.ground}/${what}`;
    const report = await run({
      site: [
        {
          hosts: 'all',
          tasks: [{ directory: { path } }, { file: { path: `${path}/a` } }, { file: { path: `${path}/b` } }],
        },
      ],
      inventory: { all: { hosts: inventory(slow, proxy.port) } },
      forks,
      onEvent(event) {
        if (!atOnce && !stalled && event.event === 'task-end' && event.host === slow) {
          stall();
          proxy.strike('stall');
        }
        if (event.event !== 'host-end') return;
        ended.push(event.host);
        if (ended.length === count - 1) proxy.heal();
      },
    });
    await proxy.close();
    expect(report.problems).toEqual({});
    expect(stalled).toBe(true);
    expect(ended).toHaveLength(count);
    expect(ended.at(-1)).toBe(slow);
    expect(Object.values(report.hosts).map(({ changed }) => changed)).toEqual(hosts.names.map(() => 3));
  });
});
