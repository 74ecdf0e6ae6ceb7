import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type Digest, digestOf } from '../../../src/registry/digest.js';
import { codeOf } from '../conformance/repository.js';
import { straight } from './scripted-upstream.js';
import { cacheInEachTest } from './served-cache.js';

const cache = cacheInEachTest();
const { repository } = cache;
const paths = () => cache.upstream.requests.splice(0).map((each) => each.replace('/v2/team/app/', ''));
const uploads = (name = 'team/app') =>
  existsSync(cache.layout.uploads(name)) ? readdirSync(cache.layout.uploads(name)) : [];
const isStored = (digest: Digest) => existsSync(`${cache.layout.content(digest)}/data`);

/** Begins to get a blob, and waits for the head of the answer. */
async function begin(digest: Digest, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const outgoing = request(`${cache.server.url}/v2/team/app/blobs/${digest}`, { headers, agent: false }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

/** Holds the upstream's answer to the next GET of a blob; nothing of it is sent but the head. */
function heldBlob(digest: Digest): { readonly bytes: Buffer; readonly response: Promise<ServerResponse> } {
  const bytes = cache.upstream.blob(digest);
  let found = (_: ServerResponse) => {};
  const response = new Promise<ServerResponse>((resolve) => {
    found = resolve;
  });
  cache.upstream.twist = ({ method, url = '' }, answer) => {
    if (method !== 'GET' || !url.includes('/blobs/')) return false;
    cache.upstream.twist = straight;
    answer.writeHead(200, { 'content-length': bytes.length }).flushHeaders();
    found(answer);
    return true;
  };
  return { bytes, response };
}

test('a blob is sent while it comes, to all who ask, by one request upstream', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(600_000));
  const { bytes, response } = heldBlob(layer);
  const first = begin(layer);
  const upstream = await response;
  upstream.write(bytes.subarray(0, 200_000));
  const [one, two] = [await first, await begin(layer)];
  expect([one.headers['content-length'], two.headers['content-length']]).toEqual(['600000', '600000']);
  const came = async (answer: IncomingMessage, size: number) => {
    const pieces: Buffer[] = [];
    while (Buffer.concat(pieces).length < size) {
      const piece: Buffer | null = answer.read();
      if (piece === null) await once(answer, 'readable');
      else pieces.push(piece);
    }
    return Buffer.concat(pieces);
  };
  const [begun, begunToo] = await Promise.all([came(one, 200_000), came(two, 200_000)]);
  const part = await begin(layer, { range: 'bytes=1000-1999' });
  expect([part.statusCode, await buffer(part)]).toEqual([206, bytes.subarray(1000, 2000)]);
  const head = await repository().ask('HEAD', `blobs/${layer}`);
  expect([head.status, head.headers['content-length']]).toEqual([200, '600000']);
  const rest = await begin(layer, { range: 'bytes=599000-' });
  expect(rest.headers['content-range']).toBe('bytes 599000-599999/600000');
  expect(isStored(layer)).toBe(false);
  upstream.end(bytes.subarray(200_000));
  expect(digestOf(Buffer.concat([begun, await buffer(one)]))).toBe(layer);
  expect(digestOf(Buffer.concat([begunToo, await buffer(two)]))).toBe(layer);
  expect(await buffer(rest)).toEqual(bytes.subarray(599_000));
  await expect.poll(() => uploads()).toEqual([]);
  expect(isStored(layer)).toBe(true);
  expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
  expect(paths()).toEqual([`GET blobs/${layer}`]);
  expect(await cache.figure('registry_proxy_upstream_bytes_total')).toBe(600_000);
  expect(cache.errors()).toEqual([]);
});

test('a client that leaves takes nothing with it', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(300_000));
  const { bytes, response } = heldBlob(layer);
  const first = begin(layer);
  const upstream = await response;
  upstream.write(bytes.subarray(0, 100_000));
  (await first).destroy();
  upstream.end(bytes.subarray(100_000));
  await expect.poll(() => isStored(layer)).toBe(true);
  await expect.poll(() => uploads()).toEqual([]); // Until then it is not the repository's.
  expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
  expect(paths()).toEqual([`GET blobs/${layer}`]);
});

test('a blob with another byte is cut, and not stored', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(300_000));
  const { bytes, response } = heldBlob(layer);
  const first = begin(layer);
  const damaged = Buffer.from(bytes);
  damaged[1000] = (damaged[1000] ?? 0) ^ 1;
  (await response).end(damaged);
  let came = 0;
  const answer = await first;
  answer.on('data', (piece: Buffer) => {
    came += piece.length;
  });
  await expect(once(answer, 'end')).rejects.toThrow('aborted');
  expect(came).toBeLessThan(bytes.length);
  await expect.poll(() => uploads()).toEqual([]);
  expect([isStored(layer), existsSync(cache.layout.blobLink('team/app', layer))]).toEqual([false, false]);
  expect(cache.errors().join()).toContain('its bytes have the digest');
  expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
});

test('a blob that is cut upstream is resumed where it was', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(900_000));
  const { bytes, response } = heldBlob(layer);
  const first = begin(layer);
  const upstream = await response;
  upstream.write(bytes.subarray(0, 400_000), () => upstream.destroy());
  const all = await buffer(await first);
  expect(digestOf(all)).toBe(layer);
  expect(paths()).toEqual([`GET blobs/${layer}`, `GET blobs/${layer}`]);
  expect(await cache.figure('registry_proxy_upstream_bytes_total')).toBe(900_000);
});

test('a blob that never comes whole is cut for the client as well', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(100_000));
  const bytes = cache.upstream.blob(layer);
  cache.upstream.twist = (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 10), () => response.destroy());
    return true;
  };
  await expect(repository().ask('GET', `blobs/${layer}`)).rejects.toThrow('no whole answer');
  await expect.poll(() => uploads()).toEqual([]);
  expect(isStored(layer)).toBe(false);
});

test('a blob whose size the upstream does not say is sent when it is known to be right', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(100_000));
  const bytes = cache.upstream.blob(layer);
  cache.upstream.twist = ({ method }, response) => {
    response.writeHead(200, method === 'HEAD' ? { 'transfer-encoding': 'chunked' } : {});
    response.end(method === 'HEAD' ? undefined : bytes);
    return true;
  };
  const head = await repository().ask('HEAD', `blobs/${layer}`);
  expect([head.status, head.headers['content-length']]).toEqual([200, '100000']);
  const reply = await repository().ask('GET', `blobs/${layer}`);
  expect([reply.headers['content-length'], digestOf(reply.body)]).toEqual(['100000', layer]);
  expect(paths()).toEqual([`HEAD blobs/${layer}`, `GET blobs/${layer}`]);
});

test('an empty blob is stored once it is known to be right', async () => {
  const { layer } = cache.upstream.image('team/app', '1', Buffer.alloc(0));
  const reply = await repository().ask('GET', `blobs/${layer}`);
  expect([reply.status, reply.body.length, reply.headers['content-length']]).toEqual([200, 0, '0']);
  await expect.poll(() => isStored(layer)).toBe(true);
});

test('a blob that the upstream has not is not here, and one that it cannot tell about is an error', async () => {
  const digest = digestOf(Buffer.from('nothing'));
  for (const method of ['GET', 'HEAD']) expect((await repository().ask(method, `blobs/${digest}`)).status).toBe(404);
  await cache.upstream.close();
  const reply = await repository().ask('GET', `blobs/${digest}`);
  expect([reply.status, codeOf(reply)]).toEqual([502, 'UNKNOWN']);
});

test('content of another repository was sent to who may not have it upstream', async () => {
  const bytes = randomBytes(50_000);
  const { layer } = cache.upstream.image('team/app', '1', bytes);
  await repository().ask('GET', `blobs/${layer}`);
  await expect.poll(() => isStored(layer)).toBe(true);
  paths();
  cache.upstream.twist = ({ url = '' }, response) => {
    if (!url.includes('/private/')) return false;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return true;
  };
  expect((await repository('private/app').ask('GET', `blobs/${layer}`)).status).toBe(404);
  expect((await repository('team/other').ask('GET', `blobs/${layer}`)).status).toBe(200);
  expect(paths()).toEqual([`HEAD /v2/private/app/blobs/${layer}`, `HEAD /v2/team/other/blobs/${layer}`]);
  expect((await repository('team/other').ask('GET', `blobs/${layer}`)).status).toBe(200);
  expect(paths()).toEqual([]);
});

test('a blob for which the quota has no room is sent, and not stored', async () => {
  await cache.start({ quotas: [{ prefix: 'team/', bytes: 1000 }] });
  const { layer, digest } = cache.upstream.image('team/app', '1', randomBytes(50_000));
  expect((await repository().ask('GET', 'manifests/1')).status).toBe(200);
  for (let times = 0; times < 2; times += 1) {
    expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
    await expect.poll(() => uploads()).toEqual([]);
  }
  expect(isStored(layer)).toBe(false);
  expect(isStored(digest)).toBe(true);
  expect(cache.errors().join()).toContain('its quota is used up');
});

test('damaged content is fetched again once a check has found it', async () => {
  const { layer, digest } = cache.upstream.image('team/app', '1', randomBytes(50_000));
  await repository().ask('GET', 'manifests/1');
  await repository().ask('GET', `blobs/${layer}`);
  await expect.poll(() => uploads()).toEqual([]);
  for (const each of [layer, digest]) {
    const path = `${cache.layout.content(each)}/data`;
    writeFileSync(path, Buffer.alloc(cache.upstream.blob(each).length || 400, 'x'));
  }
  const checked = await repository().ask('POST', '/_provision/scrub', {
    body: '{}',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(JSON.parse(checked.body.toString()).damaged.length).toBe(2);
  expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
  await expect.poll(() => uploads()).toEqual([]);
  expect(digestOf((await repository().ask('GET', `manifests/${digest}`)).body)).toBe(digest);
  paths();
  expect(digestOf((await repository().ask('GET', `blobs/${layer}`)).body)).toBe(layer);
  expect(digestOf((await repository().ask('GET', `manifests/${digest}`)).body)).toBe(digest);
  expect(paths()).toEqual([]);
});

test('leftovers of a killed server stayed for a week', async () => {
  const folders = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'].map((id) =>
    cache.layout.upload('team/app', id),
  );
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    for (const file of ['fetched', 'data']) writeFileSync(`${folder}/${file}`, '');
  }
  await utimes(`${folders[0]}/data`, 1, 1);
  await cache.start();
  await expect.poll(() => uploads()).toEqual(['00000000-0000-0000-0000-000000000002']);
});

test('a stop ends what is under way, and leaves nothing', async () => {
  const { layer } = cache.upstream.image('team/app', '1', randomBytes(300_000));
  const { bytes, response } = heldBlob(layer);
  const first = begin(layer);
  (await response).write(bytes.subarray(0, 1000));
  const answer = await first;
  answer.on('error', () => {});
  answer.resume();
  await cache.server.close(0);
  expect(uploads()).toEqual([]);
});
