import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { craneLinks, craneToken } from '../../src/publish/links/crane-links.js';
import { redirectFiles, startCrane, type TestCrane } from './crane-kit.js';

const list = 'application/vnd.docker.distribution.manifest.list.v2+json';
const schema2 = 'application/vnd.docker.distribution.manifest.v2+json';
let crane: TestCrane;

beforeAll(async () => {
  crane = await startCrane(redirectFiles);
});
afterAll(() => crane.close());

const where = async (path: string, accept?: string) => {
  const { status, headers } = await crane.ask(path, accept === undefined ? {} : { headers: { accept } });
  return `${status} ${headers.location ?? ''}`.trim();
};

describe('the first protocol', () => {
  it.each([
    ['/v1/_ping', 200, 'true'],
    ['/v1/users', 200, '"OK"'],
    ['/v1/users/', 200, '"OK"'],
    ['/v1/repositories/redhat/foo/images', 200, '[{"id":"abc123"},{"id":"def456"}]'],
    ['/v1/repositories/redhat/foo/tags', 200, '{"latest":"abc123","old":"def456"}'],
    ['/v1/repositories/redhat/foo/tags/old', 200, '"def456"'],
    ['/v1/repositories/library/bar/tags/latest', 200, '"unlisted"'],
    ['/v1/repositories/bar/tags', 200, '{"latest":"unlisted"}'],
    ['/v1/repositories/redhat/foo/tags/none', 404, 'Not Found'],
    ['/v1/repositories/redhat/foo/tags/constructor', 404, 'Not Found'],
    ['/v1/repositories/redhat/none/tags', 404, 'Not Found'],
    ['/v1/repositories/a/b/c/images', 404, 'Not Found'],
    ['/v1/repositories/redhat/baz/tags', 404, 'Not Found'],
    ['/v1/images/baz000/json', 404, 'Not Found'],
    ['/v1/images/abc123/other', 404, 'Not Found'],
    ['/v1/search', 400, 'parameter &#34;q&#34; is required'],
    ['/v1/search?q=foo', 404, 'Not Found'],
    ['/v1/none', 404, 'Not Found'],
  ])('%s is %i %s', async (path, status, body) => {
    const answer = await crane.ask(path);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers['x-docker-registry-version']).toBe('0.6.6');
    expect(answer.headers['x-docker-registry-config']).toBe('common');
    expect(answer.headers['content-type']).toBe(status === 200 ? 'application/json' : 'text/html; charset=utf-8');
  });

  it('docker logs in by POST, and is told who serves images', async () => {
    const made = await crane.ask('/v1/users', { method: 'POST' });
    expect([made.status, made.body, made.headers['x-docker-registry-standalone']]).toEqual([
      201,
      '"User Created"',
      'True',
    ]);
    const images = await crane.ask('/v1/repositories/bar/images', { headers: { host: 'pull.example.com:5001' } });
    expect(images.headers['x-docker-endpoints']).toBe('pull.example.com:5001');
  });

  it('files of images are elsewhere', async () => {
    expect(await where('/v1/images/abc123/layer')).toBe('302 http://cdn.example.com/foo/abc123/layer');
    expect(await where('/v1/images/bar789/ancestry')).toBe('302 http://cdn.example.com/bar/bar789/ancestry');
  });
});

describe('the protocol of registries', () => {
  it('/v2/ answers with an empty object and the version', async () => {
    const { status, body, headers } = await crane.ask('/v2/');
    expect([status, body, headers['docker-distribution-api-version']]).toEqual([200, '{}', 'registry/2.0']);
  });

  it.each([
    ['/v2/redhat/zoo/manifests/1.25.1-musl', `${list}junk,${schema2}`, '/zoo/bar/manifests/2/1.25.1-musl'],
    ['/v2/redhat/zoo/manifests/latest', list, '/zoo/bar/manifests/list/latest'],
    ['/v2/redhat/zoo/manifests/latest', schema2, '/zoo/bar/manifests/1/sha256:c555'],
    ['/v2/redhat/zoo/manifests/bar', schema2, '/zoo/bar/manifests/2/sha256:c555'],
    ['/v2/redhat/foo/manifests/latest', undefined, '/foo3/manifests/1/latest'],
    ['/v2/bar/manifests/latest', schema2, '/bar/manifests/latest'],
    ['/v2/bar/blobs/sha256:abc', undefined, '/bar/blobs/sha256:abc'],
    ['/v2/bar/tags/list', undefined, '/bar/tags/list'],
    ['/v2/bar/blobs/a%3Fb%23c%20d', undefined, '/bar/blobs/a%3Fb%23c%20d'],
  ])('%s, accepting %s, is at %s', async (path, accept, to) => {
    expect(await where(path, accept)).toBe(`302 http://cdn.example.com${to}`);
  });

  it('what Crane had no answer for, or let out of a folder, is not there', async () => {
    const paths = [
      '/v2/none/tags/list',
      '/v2/library/bar/tags/list',
      '/v2/redhat/secret/tags/list',
      '/v2/redhat/zoo/manifests/a/b',
      '/v2/redhat/zoo/manifests',
      '/v2/redhat/zoo/manifests/',
      '/v2/bar/blobs/../../content/dist/secret/x',
      '/v2/bar/blobs/%2e%2e/%2e%2e/x',
      '/v2/bar/blobs/..%2F..%2Fx',
      '/v2/bar/blobs/a%0d%0aSet-Cookie:b',
      '/v2/bar/blobs/%ff',
      '/v2/bar/blobs/%00',
      '/v2/constructor/tags/list',
      '/v2/_catalog',
      '/v2/tags/list',
    ];
    for (const path of paths) expect([path, (await crane.ask(path)).status]).toEqual([path, 404]);
    expect((await crane.ask('/v2/none/tags/list')).body).toBe('{"errors":[{"code":"404","message":"Not Found"}]}');
  });

  it('HEAD is answered as GET is, without a body; other methods are refused', async () => {
    const head = await crane.ask('/v2/bar/manifests/latest', { method: 'HEAD' });
    expect([head.status, head.body, head.headers.location]).toEqual([
      302,
      '',
      'http://cdn.example.com/bar/manifests/latest',
    ]);
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      const { status, headers } = await crane.ask('/v2/bar/manifests/latest', { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('the list of repositories', () => {
  it('is JSON for who accepts exactly that', async () => {
    const accept = { headers: { accept: 'application/json' } };
    expect(JSON.parse((await crane.ask('/crane/repositories', accept)).body)['redhat/foo']).toEqual({
      image_ids: ['abc123', 'def456'],
      tags: { latest: 'abc123', old: 'def456' },
      protected: false,
    });
    expect(JSON.parse((await crane.ask('/crane/repositories/v2', accept)).body)).toEqual({
      bar: { protected: false },
      'redhat/foo': { protected: false },
      'redhat/secret': { protected: true },
      'redhat/zoo': { protected: false },
    });
  });

  it('is a page else', async () => {
    const { headers, body } = await crane.ask('/crane/repositories/v1', {
      headers: { accept: 'application/json, */*' },
    });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('<td>latest</td><td>abc123</td>');
  });
});

it('addresses are replaced and signed for version 2 and later alone, as Crane did', async () => {
  const signer = craneLinks({ match: 'cdn.example.com', replace: 'edge.example.com', secret: 'abc123' });
  const signed = await startCrane(redirectFiles, { links: { v2: { signer, seconds: 300 } } });
  try {
    const { location = '' } = (await signed.ask('/v2/bar/blobs/sha256:abc')).headers;
    const [, until = ''] = /exp=(\d+)/.exec(String(location)) ?? [];
    const token = craneToken('/bar/blobs/sha256:abc', 'abc123', Number(until), 'sha256');
    expect(location).toBe(`http://edge.example.com/bar/blobs/sha256:abc?_auth_=${token}`);
    expect(Number(until) % 300).toBe(0);
    expect(Number(until) - Date.now() / 1000).toBeGreaterThanOrEqual(299);
    const old = await signed.ask('/v1/images/abc123/json');
    expect(old.headers.location).toBe('http://cdn.example.com/foo/abc123/json');
  } finally {
    await signed.close();
  }
});

it('hostile requests get no 5xx, and it goes on', async () => {
  const { hostname, port } = new URL(crane.url);
  const raw = (text: string) =>
    new Promise<string>((resolve) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.end(text));
      socket.on('data', (chunk) => {
        answer += String(chunk);
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', () => resolve(answer));
    });
  const end = ' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const targets = [
    '*',
    '//',
    '/v2/%',
    '/v2//',
    '/v2/////manifests/x',
    'http://other/v2/',
    '/v1/search?q=%ff%00',
    `/${'a/'.repeat(5000)}`,
  ];
  for (const target of targets) {
    expect(await raw(`GET ${target}${end}`), target).toMatch(/^HTTP\/1\.1 [234]/);
  }
  expect(await raw(`GET /v2/${end.replace('Host: x', 'Host: \u0001"x')}`)).toMatch(/^HTTP\/1\.1 [24]/);
  expect(await raw(`FOO /v2/${end}`)).toMatch(/^HTTP\/1\.1 4/);
  expect((await crane.ask('/v2/')).status).toBe(200);
  expect(crane.errors).toEqual([]);
});
