import { expect, test } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { ConnectionError, type ConnectionProblem } from '../../connection/connection.js';
import { connectAtFirst } from './first-connect.js';

/** Connects to a host that is reached at an attempt. Returns the result, what was said, and the pauses in seconds. */
async function connect(problem: ConnectionProblem, retries: number, reachedAt = Number.POSITIVE_INFINITY) {
  let attempts = 0;
  const said: string[] = [];
  const pauses: number[] = [];
  const end = await connectAtFirst({
    retries,
    signal: new AbortController().signal,
    onRetry: (text) => said.push(text),
    wait: async (milliseconds) => void pauses.push(milliseconds / 1000),
    connect: async () => {
      attempts += 1;
      if (attempts < reachedAt) throw new ConnectionError(problem, `not yet (${attempts})`);
      return new FakeHost().connect();
    },
  }).then(
    () => 'connected',
    (error: unknown) => String(error),
  );
  return { attempts, end, said, pauses };
}

test.each<ConnectionProblem>([
  'refused',
  'closed',
  'timeout',
])('%s may pass by itself: it is tried again as often as connect_retries says, after longer and longer pauses', async (problem) => {
  expect(await connect(problem, 2, 3)).toMatchObject({
    attempts: 3,
    end: 'connected',
    said: ['not yet (1); it is tried again (1 of 2)', 'not yet (2); it is tried again (2 of 2)'],
  });
  expect(await connect(problem, 1)).toMatchObject({ attempts: 2, end: 'ConnectionError: not yet (2)' });
  expect(await connect(problem, 0)).toMatchObject({ attempts: 1, said: [] });
  const { pauses } = await connect(problem, 6);
  for (const [index, most] of [1, 2, 4, 8, 15, 15].entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(most * 0.75);
    expect(pauses[index]).toBeLessThanOrEqual(most * 1.25);
  }
});

test.each<ConnectionProblem>([
  'authentication',
  'host-key-unknown',
  'host-key-changed',
  'unresolved',
  'locked',
])('%s will not pass by itself and is not tried again', async (problem) => {
  expect(await connect(problem, 5)).toMatchObject({ attempts: 1, said: [], pauses: [] });
});

test('a run tries a host again as its settings say, and says so', async () => {
  const host = new FakeHost();
  const connectNow = host.connect.bind(host);
  let attempts = 0;
  host.connect = () => {
    attempts += 1;
    if (attempts === 1) throw new ConnectionError('refused', 'web1:22 refused the connection');
    return connectNow();
  };
  const one = play(['web1'], [setting('a', '1')]);
  const hosts = one.hosts.map((each) => ({ ...each, settings: { ...each.settings, connectRetries: 1 } }));
  const { report, events } = await runOver({ web1: host }, [{ ...one, hosts }]);
  expect(report.exitStatus).toBe(0);
  expect(events.find(({ event }) => event === 'message')).toMatchObject({
    host: 'web1',
    text: 'web1:22 refused the connection; it is tried again (1 of 1)',
  });
});
