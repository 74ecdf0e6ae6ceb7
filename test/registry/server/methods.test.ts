import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RegistryServer, serveRegistry } from '../../../src/registry/server/serve.js';
import { Repository } from '../conformance/repository.js';

let folder: string;
let server: RegistryServer;
let repository: Repository;
let digest: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-methods-'));
  server = await serveRegistry({ dir: folder });
  repository = new Repository(server.url, 'any');
  await repository.pushManifest(await repository.image('x'), 'tag');
  digest = await repository.pushBlob('x');
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('a method that a path does not take was answered as GET, or without the methods that it takes', () => {
  test.each([
    ['/metrics', 'GET, HEAD'],
    ['/', 'GET, HEAD'],
    ['/healthz', 'GET, HEAD'],
    ['/v2/', 'GET, HEAD'],
    ['/v2/_catalog', 'GET, HEAD'],
    ['/v2/any/tags/list', 'GET, HEAD'],
    ['/v2/any/manifests/tag', 'GET, HEAD, PUT, DELETE'],
    ['/v2/any/blobs/uploads/', 'POST'],
    ['/v2/any/blobs/uploads/00000000-0000-4000-8000-000000000000', 'GET, HEAD, PATCH, PUT, DELETE'],
  ])('%s', async (path, allowed) => {
    for (const method of ['OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await repository.ask(method, path);
      expect([status, headers.allow]).toEqual([405, allowed]);
    }
  });

  test('where deleting is switched off', async () => {
    const blob = await repository.ask('DELETE', `blobs/${digest}`);
    const manifest = await repository.ask('DELETE', 'manifests/tag');
    expect([blob.status, blob.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect([manifest.status, manifest.headers.allow]).toEqual([405, 'GET, HEAD, PUT']);
  });
});

test('a blob that had not changed was sent by GET as 304 and by HEAD as 200', async () => {
  const headers = { 'If-None-Match': `"${digest}"` };
  for (const method of ['GET', 'HEAD']) {
    expect((await repository.ask(method, `blobs/${digest}`, { headers })).status).toBe(304);
  }
});

test('a request that names the server before the path, as to a proxy, was at no path', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`GET ${server.url}/v2/any/tags/list?n=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const text of socket) answer += String(text);
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toContain('{"name":"any","tags":["tag"]}');
});
