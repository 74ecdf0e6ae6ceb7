import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { digestOf } from '../../../src/registry/digest.js';
import { chunks } from './blob-cases.js';
import type { Case } from './case.js';
import { codeOf, ending, location, Repository } from './repository.js';

const content = Buffer.from('0123456789'.repeat(300));
const digest = digestOf(content);
const noUpload = 'blobs/uploads/00000000-0000-4000-8000-000000000000';

/** Uploads on their way, parts of blobs, mounts: end-2 with Range, 5, 11, 13, 14. */
export const uploadCases: readonly Case[] = [
  {
    name: 'a chunk out of order is refused, and the upload goes on',
    run: async (repository) => {
      const upload = await chunks(repository, await repository.begin(), [0, 1000]);
      for (const start of [2000, 0]) {
        const headers = { 'Content-Range': `${start}-${start + 999}` };
        const refused = await repository.ask('PATCH', upload, { body: content.subarray(start, start + 1000), headers });
        assert.equal(refused.status, 416);
      }
      const status = await repository.ask('GET', upload);
      assert.deepEqual([status.status, status.headers.range], [204, '0-999']);
      const rest = await chunks(repository, location(status), [1000, 3000]);
      assert.equal((await repository.ask('PUT', ending(rest, digest), { body: '' })).status, 201);
    },
  },
  {
    name: 'a chunk that lost its connection half-way can be gone on with',
    run: async (repository) => {
      const upload = await chunks(repository, await repository.begin(), [0, 1000]);
      const { hostname, port, pathname, search } = new URL(upload, repository.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `PATCH ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/octet-stream\r\n` +
          'Content-Range: 1000-2999\r\nContent-Length: 2000\r\n\r\n',
      );
      socket.write(content.subarray(1000, 1500));
      await pause(200);
      socket.destroy();
      await pause(200);
      const status = await repository.ask('GET', upload);
      assert.equal(status.status, 204);
      const start = Number(status.headers.range?.replace('0-', '')) + 1;
      assert.ok(start >= 1000 && start <= 1500, `it has come to ${start}`);
      const rest = await chunks(repository, location(status), [start, 3000]);
      assert.equal((await repository.ask('PUT', ending(rest, digest), { body: '' })).status, 201);
      assert.ok((await repository.ask('GET', `blobs/${digest}`)).body.equals(content));
    },
  },
  {
    name: 'an upload is cancelled',
    run: async (repository) => {
      const upload = await chunks(repository, await repository.begin(), [0, 1000]);
      assert.equal((await repository.ask('DELETE', upload)).status, 204);
      const gone = await repository.ask('GET', upload);
      assert.deepEqual([gone.status, codeOf(gone)], [404, 'BLOB_UPLOAD_UNKNOWN']);
    },
  },
  {
    name: 'an upload that never was',
    run: async (repository) => {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const reply = await repository.ask(method, noUpload, method === 'PATCH' ? { body: content } : {});
        assert.equal(reply.status, 404, method);
      }
    },
  },
  {
    name: 'a blob of no bytes',
    run: async (repository) => {
      const empty = await repository.pushBlob('');
      const reply = await repository.ask('GET', `blobs/${empty}`);
      assert.deepEqual([reply.status, reply.headers['content-length'], reply.body.length], [200, '0', 0]);
    },
  },
  {
    name: 'parts of a blob',
    run: async (repository) => {
      await repository.pushBlob(content);
      for (const [range, start, end] of [
        ['bytes=0-0', 0, 1],
        ['bytes=100-199', 100, 200],
        ['bytes=2500-', 2500, 3000],
        ['bytes=2990-99999', 2990, 3000],
        ['bytes=-10', 2990, 3000],
      ] as const) {
        const reply = await repository.ask('GET', `blobs/${digest}`, { headers: { Range: range } });
        assert.deepEqual([reply.status, reply.headers['content-range']], [206, `bytes ${start}-${end - 1}/3000`]);
        assert.ok(reply.body.equals(content.subarray(start, end)), range);
      }
    },
  },
  {
    name: 'a part beyond the end of a blob',
    run: async (repository) => {
      await repository.pushBlob(content);
      const beyond = await repository.ask('GET', `blobs/${digest}`, { headers: { Range: 'bytes=3000-' } });
      assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */3000']);
    },
  },
  {
    name: 'a blob is mounted from another repository',
    run: async (repository) => {
      const other = new Repository(repository.url, `${repository.name}-source`);
      await other.pushBlob(content);
      const reply = await repository.ask('POST', `blobs/uploads/?mount=${digest}&from=${other.name}`);
      assert.equal(reply.status, 201);
      assert.ok((await repository.ask('GET', location(reply))).body.equals(content));
    },
  },
  {
    name: 'a blob is mounted from wherever it is',
    run: async (repository) => {
      await new Repository(repository.url, `${repository.name}-source`).pushBlob(content);
      const reply = await repository.ask('POST', `blobs/uploads/?mount=${digest}`);
      assert.equal(reply.status, 201);
      assert.ok((await repository.ask('GET', location(reply))).body.equals(content));
    },
  },
  {
    name: 'a mount of what is not there is an upload begun',
    run: async (repository) => {
      const only = Buffer.from('in no repository until now');
      const reply = await repository.ask('POST', `blobs/uploads/?mount=${digestOf(only)}&from=no/such`);
      assert.equal(reply.status, 202);
      const done = await repository.ask('PUT', ending(location(reply), digestOf(only)), { body: only });
      assert.equal(done.status, 201);
    },
  },
  {
    name: 'a digest whose colon is encoded',
    run: async (repository) => {
      await repository.pushBlob(content);
      assert.equal((await repository.ask('HEAD', `blobs/${encodeURIComponent(digest)}`)).status, 200);
    },
  },
];
