import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestOf } from '../../../src/registry/digest.js';
import { codeOf } from '../conformance/repository.js';
import { scriptedUpstream, straight } from './scripted-upstream.js';
import { cacheInEachTest } from './served-cache.js';

const cache = cacheInEachTest();
const { repository } = cache;

const paths = () => cache.upstream.requests.splice(0).map((each) => each.replace('/v2/team/app/', ''));
const answers = (status: number, headers: Record<string, string> = {}) => {
  cache.upstream.twist = (_, response) => {
    response.writeHead(status, headers).end();
    return true;
  };
};
const layer = Buffer.from('a layer');

test('a tag is fetched once, and looked up by HEAD after that', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  const first = await repository().ask('GET', 'manifests/1');
  expect([first.status, digestOf(first.body), first.headers['docker-content-digest']]).toEqual([200, digest, digest]);
  expect(paths()).toEqual(['GET manifests/1']);
  expect((await repository().ask('GET', 'manifests/1')).body.toString()).toBe(first.body.toString());
  expect(paths()).toEqual(['HEAD manifests/1']);
  expect((await repository().ask('GET', `manifests/${digest}`)).status).toBe(200);
  expect((await repository().ask('HEAD', `manifests/${digest}`)).status).toBe(200);
  expect(paths()).toEqual([]);
  expect(cache.errors()).toEqual([]);
});

test('docker asks for a tag by HEAD and reads its digest: two requests, and the tag is stored', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  const head = await repository().ask('HEAD', 'manifests/1');
  expect([head.status, head.headers['docker-content-digest'], head.body.length]).toEqual([200, digest, 0]);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
  expect((await repository().ask('GET', `manifests/${digest}`)).status).toBe(200);
  expect(paths()).toEqual(['HEAD manifests/1', `GET manifests/${digest}`]);
  await cache.upstream.close();
  const stale = await repository().ask('GET', 'manifests/1');
  expect([stale.status, digestOf(stale.body)]).toEqual([200, digest]);
});

test('a tag is not looked up again within its time, also by a server that was started anew', async () => {
  await cache.start({ proxy: { url: cache.upstream.url, tagTtl: 300 } });
  cache.upstream.image('team/app', '1', layer);
  for (let times = 0; times < 3; times += 1) await repository().ask('GET', 'manifests/1');
  await cache.start({ proxy: { url: cache.upstream.url, tagTtl: 300 } });
  await repository().ask('GET', 'manifests/1');
  expect(paths()).toEqual(['GET manifests/1']);
});

test('a tag that moved upstream moves here', async () => {
  cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  const moved = cache.upstream.image('team/app', '1', Buffer.from('another'));
  paths();
  const reply = await repository().ask('GET', 'manifests/1');
  expect(digestOf(reply.body)).toBe(moved.digest);
  expect(paths()).toEqual(['HEAD manifests/1', `GET manifests/${moved.digest}`]);
  await cache.upstream.close();
  expect(digestOf((await repository().ask('GET', 'manifests/1')).body)).toBe(moved.digest);
});

test('immutable tags that are here are not looked up', async () => {
  await cache.start({ immutableTags: (_, tag) => tag.startsWith('v') });
  cache.upstream.image('team/app', 'v1', layer);
  await repository().ask('GET', 'manifests/v1');
  await repository().ask('GET', 'manifests/v1');
  expect(paths()).toEqual(['GET manifests/v1']);
});

test('fifty clients at once are one request upstream', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  /** Sends fifty requests, which the upstream leaves without an answer until all of them wait. */
  const all = async (method: string, reference: string) => {
    let answer = () => {};
    cache.upstream.twist = (request, response) => {
      cache.upstream.twist = straight;
      answer = () => void cache.upstream.serve(request, response);
      return true;
    };
    const replies = Array.from({ length: 50 }, () => repository().ask(method, `manifests/${reference}`));
    await expect.poll(() => cache.figure('registry_requests_in_flight')).toBe(51);
    await expect.poll(() => cache.upstream.twist).toBe(straight);
    answer();
    expect(new Set((await Promise.all(replies)).map(({ status }) => status))).toEqual(new Set([200]));
    return paths();
  };
  expect(await all('HEAD', '1')).toEqual(['HEAD manifests/1']);
  expect(await all('GET', digest)).toEqual([`GET manifests/${digest}`]);
  expect(await all('GET', '1')).toEqual(['HEAD manifests/1']);
});

test.each([
  ['500', () => answers(500)],
  ['a page of a proxy with 404', () => answers(403, { 'content-type': 'text/html' })],
  ['a refused account', () => answers(401, { 'www-authenticate': 'Basic realm="x"' })],
  ['nothing that listens', () => cache.upstream.close()],
] as const)('what is stored is served where the upstream has %s', async (_, fail) => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  await fail();
  const stale = await repository().ask('GET', 'manifests/1');
  expect([stale.status, digestOf(stale.body), stale.headers.warning]).toEqual([
    200,
    digest,
    '111 - "Revalidation Failed"',
  ]);
  expect(cache.errors().join()).toContain('what is stored is served');
  expect(await cache.figure('registry_proxy_answers_total{kind="manifest",result="stale"}')).toBe(1);
  const missing = await repository().ask('GET', 'manifests/2');
  expect([502, 403]).toContain(missing.status);
  expect(missing.headers['www-authenticate']).toBeUndefined();
});

test('an upstream that failed was asked again for each pull of a tag', async () => {
  cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  answers(500);
  paths();
  for (let times = 0; times < 5; times += 1) await repository().ask('GET', 'manifests/1');
  // A HEAD that fails gives way to a GET, which is tried twice.
  expect(paths()).toEqual(['HEAD manifests/1', 'GET manifests/1', 'GET manifests/1']);
});

test('an upstream that asks to wait is left alone as long', async () => {
  cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  answers(429, { 'retry-after': '120' });
  paths();
  const stale = await repository().ask('HEAD', 'manifests/1');
  expect([stale.status, stale.headers.warning]).toEqual([200, '111 - "Revalidation Failed"']);
  expect(paths()).toEqual(['HEAD manifests/1']);
  cache.upstream.twist = straight;
  const refused = await repository().ask('GET', 'manifests/2');
  expect([refused.status, codeOf(refused)]).toEqual([429, 'TOOMANYREQUESTS']);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(100);
  expect((await repository().ask('GET', `blobs/${digestOf(layer)}`)).status).toBe(429);
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(200);
  expect(paths()).toEqual([]);
});

test('a tag that is gone upstream is gone here, and its manifest stays', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  cache.upstream.remove('team/app', '1');
  const gone = await repository().ask('GET', 'manifests/1');
  expect([gone.status, codeOf(gone)]).toEqual([404, 'MANIFEST_UNKNOWN']);
  await cache.upstream.close();
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(502);
  expect((await repository().ask('GET', `manifests/${digest}`)).status).toBe(200);
});

test('a manifest that is not that of its digest was stored', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  cache.upstream.twist = (request, response) => {
    if (request.method !== 'GET') return false;
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end('{"damaged":true}');
    return true;
  };
  expect((await repository().ask('GET', `manifests/${digest}`)).status).toBe(502);
  cache.upstream.twist = straight;
  expect((await repository().ask('GET', `manifests/${digest}`)).status).toBe(200);
});

test('a manifest that no registry takes is sent, and not stored', async () => {
  const odd = Buffer.from('{"schemaVersion":2,"mediaType":"application/vnd.example+json"}');
  cache.upstream.twist = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.example+json', 'content-length': odd.length }).end(odd);
    return true;
  };
  for (let times = 0; times < 2; times += 1) {
    const reply = await repository().ask('GET', 'manifests/odd');
    expect([reply.status, reply.body.toString()]).toEqual([200, odd.toString()]);
  }
  expect(paths()).toEqual(['GET manifests/odd', 'GET manifests/odd']);
  expect(cache.errors()[0]).toContain('is not stored');
});

test('pushes are refused, deletes are of what is stored', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  for (const [method, path] of [
    ['PUT', 'manifests/1'],
    ['POST', 'blobs/uploads/'],
    ['PATCH', 'blobs/uploads/00000000-0000-0000-0000-000000000000'],
    ['PUT', `blobs/uploads/00000000-0000-0000-0000-000000000000?digest=${digest}`],
  ] as const) {
    const refused = await repository().ask(method, path, { body: '{}' });
    expect([refused.status, codeOf(refused), refused.headers.allow]).toEqual([405, 'UNSUPPORTED', 'GET, HEAD, DELETE']);
  }
  paths();
  expect((await repository().ask('DELETE', 'manifests/1')).status).toBe(202);
  expect((await repository().ask('DELETE', `manifests/${digest}`)).status).toBe(202);
  expect(paths()).toEqual([]);
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(200);
});

test('a tag that was deleted here was not linked again within its time', async () => {
  await cache.start({ proxy: { url: cache.upstream.url, tagTtl: 300 } });
  cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  await repository().ask('DELETE', 'manifests/1');
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(200);
  await cache.upstream.close();
  await cache.start({ proxy: { url: cache.upstream.url, tagTtl: 0 } });
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(200);
});

test('the namespace of containerd is that of the upstream, or there is nothing', async () => {
  cache.upstream.image('team/app', '1', layer);
  const own = cache.upstream.url.replace('http://', '');
  expect((await repository().ask('GET', `manifests/1?ns=${own}`)).status).toBe(200);
  const other = await repository().ask('GET', 'manifests/1?ns=quay.io');
  expect([other.status, codeOf(other)]).toEqual([404, 'NAME_UNKNOWN']);
  await cache.start({ proxy: { url: cache.upstream.url, namespaces: ['quay.io'] } });
  expect((await repository().ask('GET', 'manifests/1?ns=quay.io')).status).toBe(200);
});

test('tags and referrers are those of the upstream, and what is stored where it fails', async () => {
  const { digest } = cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  const referrer = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 5, artifactType: 'a/b' };
  cache.upstream.twist = ({ url = '' }, response) => {
    const isIndex = url.includes('/referrers/');
    if (!isIndex && !url.includes('/tags/list')) return false;
    response.writeHead(200, {
      'content-type': isIndex ? 'application/vnd.oci.image.index.v1+json' : 'application/json',
    });
    response.end(JSON.stringify(isIndex ? { schemaVersion: 2, manifests: [referrer] } : { tags: ['1', '2', '3'] }));
    return true;
  };
  const tags = async (query = '') => JSON.parse((await repository().ask('GET', `tags/list${query}`)).body.toString());
  const referrers = async (query = '') =>
    JSON.parse((await repository().ask('GET', `referrers/${digest}${query}`)).body.toString()).manifests;
  expect(await tags()).toEqual({ name: 'team/app', tags: ['1', '2', '3'] });
  expect(await tags('?n=1&last=1')).toEqual({ name: 'team/app', tags: ['2'] });
  expect(await referrers()).toEqual([referrer]);
  expect(await referrers('?artifactType=x/y')).toEqual([]);
  await cache.upstream.close();
  const stale = await repository().ask('GET', 'tags/list');
  expect([JSON.parse(stale.body.toString()).tags, stale.headers.warning]).toEqual([
    ['1'],
    '111 - "Revalidation Failed"',
  ]);
  expect(await referrers()).toEqual([]);
});

test('rights are those of the cache, and the account upstream is its own', async () => {
  writeFileSync(`${cache.folder}/password`, 's3cret\n', { mode: 0o600 });
  await cache.start({
    proxy: { url: cache.upstream.url, username: 'cache', passwordFile: `${cache.folder}/password` },
  });
  cache.upstream.image('team/app', '1', layer);
  cache.upstream.twist = (request, response) => {
    const given = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    if (given === 'cache:s3cret') return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    return true;
  };
  const reply = await repository().ask('GET', 'manifests/1', { headers: { authorization: 'Basic b3RoZXI6cGFzcw==' } });
  expect(reply.status).toBe(200);
  writeFileSync(`${cache.folder}/password`, 'wrong', { mode: 0o600 });
  const refused = await repository().ask('GET', 'manifests/2');
  expect([refused.status, codeOf(refused)]).toEqual([403, 'DENIED']);
  expect(refused.body.toString()).not.toContain('wrong');
});

test('a new upstream at the old address is found', async () => {
  cache.upstream.image('team/app', '1', layer);
  await repository().ask('GET', 'manifests/1');
  const port = Number(new URL(cache.upstream.url).port);
  await cache.upstream.close();
  expect((await repository().ask('GET', 'manifests/2')).status).toBe(502);
  const next = await scriptedUpstream(port);
  try {
    next.image('team/app', '2', layer);
    expect((await repository().ask('GET', 'manifests/2')).status).toBe(200);
    expect(cache.errors().at(-1)).toContain('answers again');
  } finally {
    await next.close();
  }
});
