import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSocketPlace } from '../../../src/registry/server/gc/admin-socket.js';
import { collectFolder } from '../../../src/registry/server/gc/collect-folder.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { runCommand } from '../admin/run-command.js';
import { runMain, runMainOnce } from './run-main.js';

let home: string;
let dir: string;
let server: RegistryServer | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'provision-socket-'));
  dir = join(home, 'images');
  for (const name of ['server', 'ca']) {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:registry.test'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
    execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-days', '1', '-out', `${name}.crt`], {
      stdio: 'ignore',
      cwd: home,
    });
  }
});
afterEach(async () => {
  await server?.close(0);
  server = undefined;
  rmSync(home, { recursive: true });
});

const at = (name: string) => join(home, name);
const tls = () => ({ cert: at('server.crt'), key: at('server.key'), clientCa: at('ca.crt') });
const requiring = () => [
  ...['--tls-cert', at('server.crt'), '--tls-key', at('server.key'), '--tls-client-ca', at('ca.crt')],
];
const servers = () => join(dir, 'docker/registry/v2/_provision/servers');
const socketName = () => readdirSync(servers()).find((name) => name.endsWith('.socket')) ?? 'none';

/** Asks by the socket. */
async function ask(path: string, authorization?: string, method = 'GET'): Promise<number> {
  const place = openSocketPlace(join(servers(), socketName()));
  try {
    const headers = authorization === undefined ? {} : { authorization };
    const outgoing = request({ socketPath: place.path, path, method, headers, agent: false }).end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode ?? 0;
  } finally {
    place.release();
  }
}

const wishes = { apply: false, deleteUntagged: false };

test('a registry that requires certificates of clients could not be collected by its own tools', async () => {
  const running = await runMain(dir, ...requiring());
  try {
    expect(await runCommand('gc', '--dir', dir)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('0 blobs (0 B) would be deleted'),
    });
    expect(await runMainOnce('gc', '--dir', dir)).toMatchObject({
      status: 0,
      output: expect.stringContaining('collected 0 blobs'),
    });
  } finally {
    await running.end('SIGKILL');
  }
  expect(existsSync(join(servers(), socketName()))).toBe(true);
  expect(await runCommand('gc', '--dir', dir)).toMatchObject({ stderr: `error: ${dir} holds no images\n` });
  expect(readdirSync(servers())).toEqual([]);
});

test('the socket is for the upkeep alone, with the key, and gone with its server', async () => {
  server = await serveRegistry({ dir, tls: tls(), delete: true });
  const [presence = '', socket = ''] = readdirSync(servers());
  expect([presence, socket].map((name) => statSync(join(servers(), name)).mode & 0o777)).toEqual([0o600, 0o600]);
  const { key } = JSON.parse(readFileSync(join(servers(), presence), 'utf8')) as { key: string };
  const statuses = async (authorization?: string) => [
    await ask('/_provision/gc', authorization),
    await ask('/_provision/scrub', authorization),
    ...(await Promise.all(
      ['/v2/', '/v2/_catalog', '/metrics', '/', '/healthz', '/v2/token', '/v2/a/tags/list'].map((path) =>
        ask(path, authorization),
      ),
    )),
    await ask('/v2/a/blobs/uploads/', authorization, 'POST'),
  ];
  const others = Array.from({ length: 8 }, () => 403);
  expect(await statuses(`Bearer ${key}`)).toEqual([200, 200, ...others]);
  for (const wrong of [undefined, 'Bearer wrong', 'Basic Og=='])
    expect(await statuses(wrong)).toEqual([403, 403, ...others]);
  await server.close(0);
  server = undefined;
  expect(readdirSync(servers())).toEqual([]);
});

test('a folder whose path is longer than that of a socket may be', async () => {
  dir = join(home, 'a'.repeat(120), 'b'.repeat(120));
  server = await serveRegistry({ dir, tls: tls() });
  expect(statSync(join(servers(), socketName())).isSocket()).toBe(true);
  const { report } = await collectFolder(dir, wishes, AbortSignal.timeout(60_000), () => {});
  expect(report).toMatchObject({ applied: false, blobs: 0 });
  await server.close(0);
  server = undefined;
  expect(readdirSync(servers())).toEqual([]);
});

test('a server without TLS has no socket; one that can open none says so, and serves', async () => {
  server = await serveRegistry({ dir });
  expect(socketName()).toBe('none');
  await server.close(0);
  rmSync(servers(), { recursive: true });
  mkdirSync(at('elsewhere'));
  execFileSync('ln', ['-s', at('elsewhere'), servers()]);
  const errorLog = new PassThrough();
  server = await serveRegistry({ dir, tls: tls(), errorLog });
  expect(String(errorLog.read())).toMatch(
    /error no socket for upkeep could be opened, so gc on its host does not reach this server: .*leads out of the storage\n/,
  );
  expect(readdirSync(at('elsewhere'))).toEqual([]);
});
