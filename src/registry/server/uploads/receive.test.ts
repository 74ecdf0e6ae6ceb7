import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eachPiece } from './receive.js';

test('after an upload that failed in its middle the connection answered nothing any more', async () => {
  const server = createServer(async (request, response) => {
    try {
      await eachPiece(request, () => {
        throw new Error('no space left on device');
      });
      response.end();
    } catch {
      response.statusCode = 507;
      response.end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let answers = '';
  socket.on('data', (text: Buffer) => {
    answers += text.toString();
  });
  const size = 8 << 20;
  socket.write(`PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
  socket.write(Buffer.alloc(size));
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const statuses = () => [...answers.matchAll(/^HTTP\/1.1 (\d+)/gm)].map(([, status]) => status);
  for (let waited = 0; statuses().length < 2 && waited < 5000; waited += 20) await pause(20);
  socket.destroy();
  server.close();
  expect(statuses()).toEqual(['507', '200']);
});
