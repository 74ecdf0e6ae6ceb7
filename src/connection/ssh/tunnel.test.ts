import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { tunnelOver } from './tunnel.js';

/** As ssh2's channels are: it stays open after the other side has ended, and says so only to who reads. */
function channelTo(port: number): Duplex {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const channel: Duplex = new Duplex({
    read: () => void socket.resume(),
    write: (chunk, _encoding, done) => void socket.write(chunk, () => done()),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => {
    if (!channel.push(chunk)) socket.pause();
  });
  socket.on('end', () => channel.push(null));
  return channel;
}

test('a kept connection whose server went away is not used again', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  let opened = 0;
  Object.assign(agent, {
    createConnection: () => {
      opened += 1;
      const same = () => {};
      return Object.assign(tunnelOver(channelTo(port)), {
        setKeepAlive: same,
        setTimeout: same,
        ref: same,
        unref: same,
      });
    },
  });
  const ask = async () => {
    const [response] = await once(get({ port, agent }), 'response');
    return text(response);
  };
  expect([await ask(), await ask()]).toEqual(['hello', 'hello']);
  expect(opened).toBe(1);
  server.closeAllConnections();
  await expect.poll(() => Object.values(agent.freeSockets).flat().length).toBe(0);
  expect(await ask()).toBe('hello');
  expect(opened).toBe(2);
  agent.destroy();
  server.close();
});
