import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureAuthority } from '../../../src/pki/authority.js';
import { issueCertificate } from '../../../src/pki/issue-certificate.js';
import { makeKey, publicKeyOf } from '../../../src/pki/keys.js';
import { configuredOptions } from '../../../src/registry/server/config/server-options.js';
import { EventQueue } from '../../../src/registry/server/notifications/event-queue.js';
import type { RegistryEvent } from '../../../src/registry/server/notifications/registry-event.js';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { Repository } from '../conformance/repository.js';
import { AccountRepository } from './account-repository.js';
import { runMain } from './run-main.js';

let home: string;
let receiver: Server;
let registry: RegistryServer | undefined;
let received: RegistryEvent[];
let heads: IncomingHttpHeaders[];
/** Statuses that the receiver answers next; 200 when there is none. `silent`: it never answers. */
let answers: (number | 'silent')[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-notified-'));
  [received, heads, answers] = [[], [], []];
  receiver = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const status = answers.shift() ?? 200;
    if (status === 'silent') return;
    heads.push(request.headers);
    if (status === 200)
      received.push(...(JSON.parse(Buffer.concat(pieces).toString()) as { events: RegistryEvent[] }).events);
    response.writeHead(status).end();
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  await registry?.close(0);
  registry = undefined;
  receiver.closeAllConnections();
  receiver.close();
  await rm(home, { recursive: true });
});

const endpoint = (more = '') =>
  `{name: hook, url: "http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events", headers: {X-Key: [k3y]}, timeout: 300ms, backoff: 50ms${more}}`;

async function config(text: string): Promise<string> {
  const file = join(home, 'registry.yml');
  await writeFile(file, text);
  return file;
}

async function serve(text: string, log = new PassThrough()): Promise<string> {
  const options = await configuredOptions({ dir: join(home, 'storage'), port: 0, delete: true }, await config(text));
  registry = await serveRegistry({ ...options, errorLog: log });
  return registry.url;
}

const told = () => received.map(({ action, target }) => [action, target.repository, target.tag ?? target.digest]);
const figure = async (url: string, name: string) => {
  const { body } = await new Repository(url, 'any').ask('GET', '/metrics');
  return body
    .toString()
    .split('\n')
    .find((line) => line.startsWith(`registry_notifications_${name}{`))
    ?.split(' ')[1];
};

test('pushes, pulls, mounts and deletes are told in their order, as docker-registry writes them', async () => {
  const htpasswd = join(home, 'htpasswd');
  await writeFile(htpasswd, `ci:${await hash('s3cret', 4)}\n`);
  const url = await serve(`htpasswd: htpasswd\nnotifications: [${endpoint()}]\n`);
  const [app, other] = ['team/app', 'other'].map((name) => new AccountRepository(url, name, 'ci'));
  if (app === undefined || other === undefined) throw new Error('two of two');
  const image = await app.image('x');
  const { digest, size } = await app.pushManifest(image, 'v1');
  const layer = (image.layers[0] as { digest: string }).digest;
  await app.ask('HEAD', 'manifests/v1');
  await app.ask('GET', 'manifests/v1');
  await app.ask('GET', `blobs/${layer}`);
  await app.ask('GET', 'manifests/none');
  await other.ask('POST', `blobs/uploads/?mount=${layer}&from=team/app`, { body: '' });
  await app.ask('DELETE', 'manifests/v1');
  await app.ask('DELETE', `manifests/${digest}`);
  await app.ask('DELETE', `blobs/${layer}`);
  await expect.poll(() => received.length).toBe(9);
  expect(told()).toEqual([
    ['push', 'team/app', image.config.digest],
    ['push', 'team/app', layer],
    ['push', 'team/app', 'v1'],
    ['pull', 'team/app', 'v1'],
    ['pull', 'team/app', layer],
    ['mount', 'other', layer],
    ['delete', 'team/app', 'v1'],
    ['delete', 'team/app', digest],
    ['delete', 'team/app', layer],
  ]);
  const { host } = new URL(url);
  expect(received[2]).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    action: 'push',
    target: {
      mediaType: image.mediaType,
      size,
      digest,
      length: size,
      repository: 'team/app',
      url: `${url}/v2/team/app/manifests/${digest}`,
      tag: 'v1',
    },
    request: {
      id: expect.any(String),
      addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      host,
      method: 'PUT',
      useragent: '',
    },
    actor: { name: 'ci' },
    source: { addr: expect.stringMatching(/:\d+$/), instanceID: expect.any(String) },
  });
  expect(received[5]?.target).toMatchObject({
    fromRepository: 'team/app',
    mediaType: 'application/octet-stream',
    size: 1,
  });
  expect(heads[0]).toMatchObject({
    'content-type': 'application/vnd.docker.distribution.events.v1+json',
    'x-key': 'k3y',
  });
});

test('an endpoint that fails or is silent gets every event later, and holds up nobody', async () => {
  answers = [500, 'silent', 404];
  const log = new PassThrough();
  const url = await serve(
    `notifications: [${endpoint(', ignore: {mediatypes: [application/octet-stream], actions: [pull]}')}]\n`,
    log,
  );
  const app = new Repository(url, 'app');
  const image = await app.image('x');
  for (const tag of ['1', '2', '3']) await app.pushManifest(image, tag);
  await app.ask('GET', 'manifests/1');
  await expect.poll(() => received.length).toBe(3);
  expect(told().map(([, , tag]) => tag)).toEqual(['1', '2', '3']);
  await expect.poll(() => figure(url, 'delivered_total')).toBe('3');
  expect([
    await figure(url, 'failures_total'),
    await figure(url, 'pending'),
    await figure(url, 'pending_bytes'),
  ]).toEqual(['3', '0', '0']);
  const lines = String(log.read());
  expect(lines).toContain(
    'the endpoint hook of notifications: does not take events, and is tried again: it answered 500',
  );
  expect(lines).toContain('the endpoint hook of notifications: takes events again, after 3 failures');
  expect(lines).not.toContain('k3y');
});

test('what was pushed is told after the registry was killed', async () => {
  answers = Array.from({ length: 1000 }, () => 503);
  const file = await config(`notifications: [${endpoint(', ignoredmediatypes: [application/octet-stream]')}]\n`);
  const dir = join(home, 'storage');
  const first = await runMain(dir, '--port', '0', '--config', file);
  const app = new Repository(first.url, 'app');
  const image = await app.image('x');
  for (const tag of ['1', '2', '3', '4', '5']) await app.pushManifest(image, tag);
  await first.end('SIGKILL');
  // Half of a line, as a machine leaves it that died.
  const queue = join(dir, 'provision/notifications/endpoint-hook');
  const [segment = ''] = (await readdir(queue)).filter((name) => name.endsWith('.jsonl'));
  await appendFile(join(queue, segment), '{"half":');
  answers = [];
  const second = await runMain(dir, '--port', '0', '--config', file);
  try {
    await new Repository(second.url, 'app').pushManifest(image, '6');
    await expect.poll(() => received.length).toBe(6);
    expect(told().map(([, , tag]) => tag)).toEqual(['1', '2', '3', '4', '5', '6']);
  } finally {
    await second.end('SIGTERM');
  }
});

test('a queue is bounded, goes on in several files, and gives out again what was not recorded as delivered', async () => {
  const folder = join(home, 'queue');
  const queue = await EventQueue.open(folder, 3 << 20);
  const event = (at: number) => JSON.stringify({ at, filling: 'x'.repeat(100_000) });
  await Promise.all(Array.from({ length: 40 }, (_, at) => queue.add(event(at))));
  expect([queue.pending.events, queue.dropped]).toEqual([31, 9]);
  const batch = await queue.next(2);
  expect(batch?.events).toEqual([event(0), event(1)]);
  if (batch !== undefined) await queue.done(batch);
  await queue.next(2);
  await queue.close();
  const again = await EventQueue.open(folder, 3 << 20);
  expect(again.pending.events).toBe(29);
  await again.add(event(99));
  const found: number[] = [];
  for (let each = await again.next(50); each !== undefined; each = await again.next(50)) {
    found.push(...each.events.map((text) => (JSON.parse(text) as { at: number }).at));
    await again.done(each);
  }
  expect(found).toEqual([...Array.from({ length: 29 }, (_, at) => at + 2), 99]);
  expect(again.pending).toEqual({ events: 0, bytes: 0 });
  expect((await readdir(folder)).filter((name) => name.endsWith('.jsonl')).length).toBeLessThanOrEqual(1);
  await again.close();
});

test('endpoints that can be none are told of with their place', async () => {
  const wrong = `dir: x\nnotifications:\n  - {name: a, url: "ftp://x", timeout: soon}\n`;
  await expect(configuredOptions({}, await config(wrong))).rejects.toThrow(
    /must be http:\/\/… or https:\/\/…[\s\S]*must be a time/,
  );
  const readOnly = `dir: x\nread_only: true\nnotifications: [${endpoint()}]\n`;
  await expect(configuredOptions({}, await config(readOnly))).rejects.toThrow(
    'notifications needs notifications_directory',
  );
});

test('an endpoint by https is told once its authority is the one of the file, and no other gets the secret', async () => {
  const [authority, other] = [
    await ensureAuthority(join(home, 'ca'), 'ecdsa'),
    await ensureAuthority(join(home, 'other'), 'ecdsa'),
  ];
  const key = await makeKey('ecdsa');
  const cert = await issueCertificate(authority, { publicKey: publicKeyOf(key), names: ['localhost'], days: 10 });
  const listeners = receiver.listeners('request') as Parameters<typeof createTlsServer>[1][];
  const secure = createTlsServer({ key, cert }, listeners[0]);
  await once(secure.listen(0, '127.0.0.1'), 'listening');
  try {
    await writeFile(join(home, 'trusted.pem'), other.pem);
    const log = new PassThrough();
    const at = `https://localhost:${(secure.address() as AddressInfo).port}/events`;
    const hook = `{name: hook, url: "${at}", headers: {X-Key: [k3y]}, backoff: 50ms}`;
    const url = await serve(`notifications: [${hook}]\nnotifications_ca: trusted.pem\n`, log);
    const app = new Repository(url, 'team/app');
    await app.pushManifest(await app.image('x'), 'v1');
    await expect.poll(() => String(log.read() ?? '')).toContain('does not take events');
    expect(heads).toEqual([]);
    await writeFile(join(home, 'trusted.pem'), authority.pem);
    await expect.poll(() => told().at(-1)).toEqual(['push', 'team/app', 'v1']);
    expect(heads[0]?.['x-key']).toBe('k3y');
  } finally {
    secure.closeAllConnections();
    secure.close();
  }
});
