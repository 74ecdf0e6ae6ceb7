import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { FakeHost, play, runOver, setting } from '../../../test/kit/fake-host.js';
import { LinkLimit } from './link-limit.js';

function hosts(count: number): Record<string, FakeHost> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`web${index + 1}`, new FakeHost()]));
}

/** Frees all memory that nothing reaches. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
}

test('the connections of finished hosts are let go while the run goes on', async () => {
  const fake = hosts(30);
  const connections = new Map<string, WeakRef<object>>();
  let alive: string[] = [];
  for (const [name, host] of Object.entries(fake)) {
    const connect = host.connect.bind(host);
    host.connect = () => {
      const connection = connect();
      connections.set(name, new WeakRef(connection));
      return connection;
    };
  }
  const last = fake.web30;
  if (last === undefined) throw new Error('no host');
  last.onRequest = async (request) => {
    if (request === 'facts') return;
    await collect();
    alive = [...connections].flatMap(([name, connection]) => (connection.deref() === undefined ? [] : [name]));
  };
  const { report } = await runOver(fake, [play(Object.keys(fake), [setting('a', '1')])], { forks: 1 });
  expect(report.exitStatus).toBe(0);
  expect(connections.size).toBe(30);
  expect(alive).toEqual(['web30']);
});

/** Makes hosts for which there are only so many descriptors on this machine. */
function withDescriptors(fake: Record<string, FakeHost>, most: number) {
  const used = { now: 0, most: 0, refused: 0 };
  for (const host of Object.values(fake)) {
    const connect = host.connect.bind(host);
    host.connect = () => {
      if (used.now === most) {
        used.refused += 1;
        // As os.userInfo() says it: the code is that of the call below.
        throw Object.assign(new Error('A system error occurred: uv_os_get_passwd returned EMFILE'), {
          code: 'ERR_SYSTEM_ERROR',
          info: { code: 'EMFILE' },
        });
      }
      used.now += 1;
      used.most = Math.max(used.most, used.now);
      const connection = connect();
      return {
        ...connection,
        close: async () => {
          used.now -= 1;
          await connection.close();
        },
      };
    };
    host.onRequest = () => new Promise((resolve) => setTimeout(resolve, 2));
  }
  return used;
}

test('running out of descriptors lowers the number of hosts at a time, and fails none', async () => {
  const fake = hosts(60);
  const used = withDescriptors(fake, 45);
  const names = Object.keys(fake);
  const plays = [play(names, [setting('a', '1')]), play(names, [setting('b', '2')])];
  const { report, events } = await runOver(fake, plays, { forks: 60 });
  expect(report.exitStatus).toBe(0);
  expect(Object.values(report.hosts).map(({ changed }) => changed)).toEqual(names.map(() => 2));
  expect(used.refused).toBeGreaterThan(0);
  expect(used.now).toBe(0);
  const warnings = events.filter(({ event }) => event === 'message');
  expect(warnings).toHaveLength(1);
  expect(warnings).toMatchObject([{ level: 'warning', text: expect.stringContaining('ulimit -n') }]);
  expect(warnings[0]).not.toHaveProperty('host');
});

test('no more links are opened than this machine has descriptors for', async () => {
  const warnings: string[] = [];
  const links = new LinkLimit({ warn: (text) => warnings.push(text), descriptors: 43 });
  const { settings } = play(['web1'], []).hosts[0] ?? {};
  if (settings === undefined) throw new Error('no host');
  const ssh = { ...settings, connection: 'ssh' as const };
  let open = 0;
  let most = 0;
  const one = async () => {
    await links.connect(ssh, async () => {
      open += 1;
      most = Math.max(most, open);
    });
    await new Promise((resolve) => setTimeout(resolve, 1));
    open -= 1;
    links.release(ssh);
  };
  await Promise.all(Array.from({ length: 10 }, one));
  expect(most).toBe(3);
  expect(warnings).toHaveLength(1);
});
