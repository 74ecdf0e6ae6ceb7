import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type DigestAlgorithm, digestOf } from '../../../src/registry/digest.js';
import type { Case } from './case.js';
import { codeOf, ending, location, type Reply, type Repository } from './repository.js';

const content = Buffer.from('0123456789'.repeat(300));
const absent = (algorithm: DigestAlgorithm) => digestOf(Buffer.from('never pushed'), algorithm);

/** Blobs by both algorithms: end-2, 4a, 4b, 4c, 5, 6. */
export const blobCases: readonly Case[] = (['sha256', 'sha512'] as const).flatMap((algorithm) => {
  const digest = digestOf(content, algorithm);
  const query = algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`;
  return [
    {
      name: `${algorithm}: a blob that is not there`,
      run: async (repository) => {
        for (const method of ['GET', 'HEAD']) {
          assert.equal((await repository.ask(method, `blobs/${absent(algorithm)}`)).status, 404);
        }
      },
    },
    {
      name: `${algorithm}: POST, then PUT`,
      run: async (repository) => {
        const upload = await repository.begin(query);
        await kept(repository, digest, await repository.ask('PUT', ending(upload, digest), { body: content }));
      },
    },
    {
      name: `${algorithm}: one POST`,
      run: async (repository) => {
        const reply = await repository.ask('POST', `blobs/uploads/?digest=${digest}`, { body: content });
        await kept(repository, digest, reply);
      },
    },
    {
      name: `${algorithm}: chunks`,
      run: async (repository) => {
        const upload = await chunks(repository, await repository.begin(query), [0, 1000, 2000, 3000]);
        await kept(repository, digest, await repository.ask('PUT', ending(upload, digest), { body: '' }));
      },
    },
    {
      name: `${algorithm}: chunks, the last one with PUT`,
      run: async (repository) => {
        const upload = await chunks(repository, await repository.begin(query), [0, 1000, 2000]);
        const headers = { 'Content-Range': '2000-2999' };
        const reply = await repository.ask('PUT', ending(upload, digest), { body: content.subarray(2000), headers });
        await kept(repository, digest, reply);
      },
    },
    {
      name: `${algorithm}: a stream of unknown length`,
      run: async (repository) => {
        const sent = await streamed(new URL(await repository.begin(query), repository.url));
        await kept(repository, digest, await repository.ask('PUT', ending(sent, digest), { body: '' }));
      },
    },
    {
      name: `${algorithm}: a wrong digest`,
      run: async (repository) => {
        const wrong = absent(algorithm);
        const put = await repository.ask('PUT', ending(await repository.begin(query), wrong), { body: content });
        assert.deepEqual([put.status, codeOf(put)], [400, 'DIGEST_INVALID']);
        const upload = await chunks(repository, await repository.begin(query), [0, 1000, 3000]);
        assert.equal((await repository.ask('PUT', ending(upload, wrong), { body: '' })).status, 400);
        assert.equal((await repository.ask('HEAD', `blobs/${wrong}`)).status, 404);
      },
    },
  ] satisfies Case[];
});

const octets = 'application/octet-stream';

/** Sends pieces of the content, each from a bound to the next. */
export async function chunks(repository: Repository, upload: string, bounds: readonly number[]): Promise<string> {
  let at = upload;
  for (const [index, start] of bounds.entries()) {
    const end = bounds[index + 1];
    if (end === undefined) break;
    const reply = await repository.ask('PATCH', at, {
      body: content.subarray(start, end),
      headers: { 'Content-Range': `${start}-${end - 1}` },
    });
    assert.deepEqual([reply.status, reply.headers.range], [202, `0-${end - 1}`]);
    at = location(reply);
  }
  return at;
}

async function kept(repository: Repository, digest: string, reply: Reply): Promise<void> {
  assert.equal(reply.status, 201, reply.body.toString());
  assert.equal(reply.headers['docker-content-digest'], digest);
  const byLocation = await repository.ask('GET', location(reply));
  assert.ok(byLocation.body.equals(content));
  const head = await repository.ask('HEAD', `blobs/${digest}`);
  assert.deepEqual([head.status, head.headers['content-length']], [200, String(content.length)]);
  assert.equal(head.headers['docker-content-digest'], digest);
}

async function streamed(url: URL): Promise<string> {
  const outgoing = request(url, { method: 'PATCH', headers: { 'Content-Type': octets } });
  outgoing.write(content.subarray(0, 700));
  outgoing.end(content.subarray(700));
  return await new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      response.resume();
      if (response.statusCode === 202 && response.headers.location !== undefined) resolve(response.headers.location);
      else reject(new assert.AssertionError({ message: `PATCH of a stream: ${response.statusCode}` }));
    });
  });
}
