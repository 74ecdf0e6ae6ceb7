import { mkdir, open } from 'node:fs/promises';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/service/store/open-database.js';
import { connect } from '../../src/service-client/connect.js';
import { Seeded } from '../registry/proxy/seeded.js';
import { admin, type TestService, testService } from './service-kit.js';

/* A long job's output over a network that cuts connections wherever it likes. */

const lines = 100_000;
const cuts = 100;
const id = '11111111-2222-4333-8444-555555555555';

let service: TestService;
let network: Server;

beforeAll(async () => {
  service = await testService({ registry: false });
  await writeJob();
});

afterAll(async () => {
  network?.close();
  await service.close();
});

test('100,000 events come once each and in order, though the stream is cut a hundred times anywhere', async () => {
  const seed = Date.now() % 100_000;
  const cutting = cutAtRandom(new Seeded(seed), Number(new URL(service.url).port));
  network = cutting.server;
  await new Promise<void>((resolve) => network.listen(0, '127.0.0.1', resolve));
  const client = connect({
    url: `http://127.0.0.1:${(network.address() as AddressInfo).port}`,
    account: { name: admin[0], password: admin[1] },
  });
  const events = client.jobs.follow(id);
  let seen = 0;
  for (let turn = await events.next(); ; turn = await events.next()) {
    if (turn.done === true) {
      expect(turn.value).toMatchObject({ id, state: 'done', result: 'ok' });
      break;
    }
    seen += 1;
    const { sequence, event } = turn.value;
    if (sequence !== seen || event.text !== `line ${seen}`)
      expect({ sequence, text: event.text, seed }).toEqual({ sequence: seen, text: `line ${seen}`, seed });
  }
  expect(seen).toBe(lines);
  expect(cutting.count()).toBe(cuts);
});

/** Passes connections on, and cuts a hundred of them off after some bytes of the answer. */
function cutAtRandom(random: Seeded, port: number): { readonly server: Server; readonly count: () => number } {
  let count = 0;
  const server = createServer((client) => {
    const upstream = dial(port, '127.0.0.1');
    const end = (socket: Socket) => socket.destroy();
    client.on('error', () => end(upstream)).on('close', () => end(upstream));
    upstream.on('error', () => end(client)).on('close', () => end(client));
    client.pipe(upstream);
    // About a hundredth of the output at a time, so that the last of all cuts comes before its end.
    let left = count < cuts ? 2000 + Math.floor(random.next() * 100_000) : Number.POSITIVE_INFINITY;
    upstream.on('data', (bytes) => {
      const some = bytes.subarray(0, Math.min(bytes.length, left));
      left -= some.length;
      if (left > 0) {
        if (!client.write(some)) {
          upstream.pause();
          client.once('drain', () => upstream.resume());
        }
        return;
      }
      count += 1;
      client.write(some, () => client.destroy());
      upstream.destroy();
    });
  });
  return { server, count: () => count };
}

/** Writes a job that has ended, with its events. */
async function writeJob(): Promise<void> {
  const folder = join(service.folder, 'jobs', id);
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, 'events.ndjson'), 'w', 0o600);
  const time = new Date().toISOString();
  for (let at = 1; at <= lines; ) {
    let text = '';
    for (const end = at + 1000; at < end; at += 1)
      text += `${JSON.stringify({ event: 'message', time, level: 'info', text: `line ${at}` })}\n`;
    await file.write(text);
  }
  await file.close();
  const database = await openDatabase(join(service.folder, 'service.db'));
  const now = Date.now();
  await database.db
    .insertInto('jobs')
    .values({
      id,
      kind: 'backup',
      subject: '',
      state: 'done',
      result: 'ok',
      request: JSON.stringify({ work: 'backup' }),
      sealed: null,
      hosts: '[]',
      summary: '{}',
      created_at: now,
      started_at: now,
      ended_at: now,
      created_by: admin[0],
      reason: '',
      parent: null,
      schedule: null,
      cancel: 0,
      owner: '',
      pid: null,
      problem: '',
      plan: null,
      not_before: null,
      waits_for: null,
    })
    .execute();
  await database.close();
}
