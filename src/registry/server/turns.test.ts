import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filterInTurns, Turns } from './turns.js';

const many = 900;

let server: Server;
let socket: Socket;
let begun: string[];

beforeEach(async () => {
  const turns = new Turns();
  begun = [];
  server = createServer((request, response) => {
    turns.take(request.socket, async () => {
      begun.push(request.url ?? '');
      await Promise.resolve();
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
});
afterEach(() => {
  socket.destroy();
  server.close();
});

const send = (count = many) =>
  socket.write(Array.from({ length: count }, (_, at) => `GET /${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));

test('hundreds of requests in one piece held the server until all were answered', async () => {
  let answers = '';
  socket.on('data', (text: Buffer) => {
    answers += text.toString();
  });
  send();
  let most = 0;
  while (begun.length < many) {
    const before = begun.length;
    await nextTurn();
    most = Math.max(most, begun.length - before);
  }
  expect(begun).toEqual(Array.from({ length: many }, (_, at) => `/${at}`));
  expect(most).toBeLessThanOrEqual(18);
  while ((answers.match(/^HTTP\/1.1 200/gm) ?? []).length < many) await nextTurn();
});

test('a client that sent ever more without reading answers took ever more memory', async () => {
  socket.on('error', () => {}); // It is closed while it writes.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  send(20_000);
  await closed;
  expect(begun.length).toBeLessThan(20_000);
});

test('a client that closes its side behind some requests has their answers', async () => {
  let answers = '';
  socket.on('data', (text: Buffer) => {
    answers += text.toString();
  });
  send(10);
  socket.end();
  await once(socket, 'close');
  expect(answers.match(/^HTTP\/1.1 200/gm)).toHaveLength(10);
});

test('what waits on a connection that was closed is not done', async () => {
  send();
  while (begun.length === 0) await nextTurn();
  socket.destroy();
  for (let turn = 0; turn < 200; turn += 1) await nextTurn();
  const done = begun.length;
  for (let turn = 0; turn < 1000; turn += 1) await nextTurn();
  expect(done).toBeLessThan(many);
  expect(begun.length - done).toBeLessThan(many - done);
});

test('thousands of looks at the storage for one request kept all others waiting', async () => {
  let turns = 0;
  const other = setInterval(() => {
    turns += 1;
  }, 1);
  const busy = (at: number) => {
    const until = performance.now() + 2;
    while (performance.now() < until);
    return at % 2 === 0;
  };
  expect(await filterInTurns([0, 1, 2, 3, 4, 5, ...Array(54).fill(1)], busy)).toEqual([0, 2, 4]);
  clearInterval(other);
  expect(turns).toBeGreaterThanOrEqual(5); // 120 ms of work, in pieces of 10 and a look.
});
