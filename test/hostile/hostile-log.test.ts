import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../src/registry/server/serve.js';
import { faultsIn, hostileHeader } from './payload.js';

let log = '';
let folder: string;
let server: RegistryServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-log-'));
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString('utf8');
      done();
    },
  });
  server = await serveRegistry({ dir: folder, log: sink });
});
afterAll(async () => {
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Sends bytes as they are, and waits for the answer. */
function send(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.end(text, 'latin1'));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

test('a request writes one line into the log of the registry, of bounded length, whatever its headers hold', async () => {
  const agent = hostileHeader('curl');
  await send(`GET /v2/team/tags/list HTTP/1.1\r\nhost: x\r\nuser-agent: ${agent}\r\nconnection: close\r\n\r\n`);
  // A line is written when its answer has gone, which the client may know sooner.
  await expect.poll(() => log.endsWith('\n'), { timeout: 10_000 }).toBe(true);
  await send(`GET /${'x'.repeat(9000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  await expect.poll(() => log.trimEnd().split('\n'), { timeout: 10_000 }).toHaveLength(2);
  expect(faultsIn(log, { isTerminal: false })).toEqual([]);
  expect(log).toContain(String.raw`"curl\x9b2J\x85FORGED-LINE of curl"`);
  expect(log.length).toBeLessThan(5000);
  expect(log).toMatch(/… \(7001 more characters\) 404 \d+ \S+ "" -\n$/);
});
