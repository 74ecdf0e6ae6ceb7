import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from './fault-proxy.js';

/** A server that answers each line in capitals, and notes how its links ended. */
let server: Server;
let ends: string[];
let heard: string;
let proxy: FaultProxy;

beforeEach(async () => {
  ends = [];
  heard = '';
  server = createServer((socket) => {
    socket.on('data', (chunk) => {
      heard += chunk;
      socket.write(chunk.toString().toUpperCase());
    });
    socket.on('end', () => ends.push('end'));
    socket.on('error', (error) => ends.push('code' in error ? String(error.code) : error.message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await FaultProxy.before({ host: '127.0.0.1', port: address.port });
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

/** A client, what it got, and how its link ended. */
async function client() {
  const socket: Socket = dial({ host: '127.0.0.1', port: proxy.port, noDelay: true });
  const seen = { text: '', end: '' };
  socket.on('data', (chunk) => {
    seen.text += chunk;
  });
  socket.on('end', () => {
    seen.end ||= 'end';
  });
  socket.on('error', (error) => {
    seen.end ||= 'code' in error ? String(error.code) : error.message;
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const says = async (text: string, answer = text.toUpperCase()) => {
    const before = seen.text.length;
    socket.write(text);
    await expect.poll(() => seen.text.slice(before), { interval: 5, timeout: 20_000 }).toBe(answer);
  };
  await Promise.race([closed, new Promise<void>((resolve) => socket.once('connect', resolve))]);
  return { socket, seen, closed, says };
}

describe('the proxy that makes faults', () => {
  it('is no more than a wire where none is asked for', async () => {
    const { says, socket, seen, closed } = await client();
    await says('hello');
    await says('x'.repeat(1_000_000));
    socket.end();
    await closed;
    expect(seen.end).toBe('end');
    await expect.poll(() => ends).toEqual(['end']);
    expect(proxy.links).toBe(1);
  });

  it.each([
    ['cut', 'end', 'end'],
    ['reset', 'ECONNRESET', 'ECONNRESET'],
  ] as const)('%s: both sides see it', async (fault, here, there) => {
    const { says, seen, closed } = await client();
    await says('hello');
    proxy.strike(fault);
    await closed;
    expect(seen.end).toBe(here);
    await expect.poll(() => ends).toEqual([there]);
  });

  it('stalls without a word, and lets all pass when it is healed', async () => {
    const { socket, seen, says } = await client();
    await says('hello');
    proxy.strike('stall');
    socket.write('more');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect({ seen, heard }).toEqual({ seen: { text: 'HELLO', end: '' }, heard: 'hello' });
    proxy.heal();
    await expect.poll(() => seen.text).toBe('HELLOMORE');
  });

  it('strikes at a byte, in either direction', async () => {
    const first = await client();
    const struck = proxy.strikeAt('cut', { direction: 'up', byte: 3 });
    first.socket.write('hello');
    await Promise.all([struck, first.closed]);
    await expect.poll(() => heard).toBe('hel');
    const second = await client();
    void proxy.strikeAt('reset', { direction: 'down', byte: 6 });
    await second.says('hello');
    second.socket.write('hello');
    await second.closed;
    expect(heard).toBe('helhellohello');
    expect(second.seen.text.length).toBeLessThanOrEqual(6);
  });

  it('strikes at the k-th message', async () => {
    const { says, socket, closed } = await client();
    const struck = proxy.strikeAt('reset', { direction: 'up', message: 3 });
    await says('one');
    await says('two');
    socket.write('three');
    await Promise.all([struck, closed]);
    expect(heard).toBe('onetwo');
  });

  it('refuses', async () => {
    proxy.refuses = true;
    const { closed, seen } = await client();
    await closed;
    expect({ seen, links: proxy.links, standing: proxy.standing }).toMatchObject({ links: 1, standing: 0 });
    expect(heard).toBe('');
  });

  it('delays, slices and throttles, and loses nothing', async () => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join('');
    const took = async (weather: FaultProxy['weather']) => {
      proxy.weather = weather;
      const { says, socket } = await client();
      const began = performance.now();
      await says(text);
      socket.destroy();
      return performance.now() - began;
    };
    expect(await took({ delay: 60 })).toBeGreaterThan(115);
    expect(await took({ slice: 7 })).toBeGreaterThan(0);
    expect(await took({ throttle: 40_000 })).toBeGreaterThan((text.length / 40_000) * 1000 - 20);
  });
});
