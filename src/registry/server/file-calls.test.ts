import { createHook } from 'node:async_hooks';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../digest.js';
import { mediaTypes } from '../media-types.js';
import { type RegistryServer, serveRegistry } from './serve.js';

/*
 * Calls of the file system that a request makes by another thread: each costs more than ten that are made at once. The
 * numbers are budgets. A flush is one of them: who acknowledges a push without it loses what a crash takes.
 */

let dir: string;
let server: RegistryServer;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'provision-calls-'));
  server = await serveRegistry({ dir, delete: true });
  await ask('GET', 'tags/list'); // What the server does at its start has ended by then.
});
afterEach(async () => {
  await server.close(0);
  rmSync(dir, { recursive: true });
});

async function ask(method: string, path: string, body?: Buffer, type = 'application/octet-stream'): Promise<number> {
  const parts = body === undefined ? {} : { body: new Uint8Array(body), headers: { 'content-type': type } };
  const answer = await fetch(new URL(path, `${server.url}/v2/team/web/`), { method, ...parts });
  await answer.arrayBuffer();
  return answer.status;
}

/** Counts the calls of a request, which is to succeed. */
async function callsOf(method: string, path: string, body?: Buffer, type?: string): Promise<number> {
  let calls = 0;
  const hook = createHook({
    init: (_, kind) => {
      if (kind === 'FSREQPROMISE' || kind === 'FSREQCALLBACK' || kind === 'FILEHANDLECLOSEREQ') calls += 1;
    },
  });
  hook.enable();
  try {
    expect(await ask(method, path, body, type)).toBeLessThan(300);
  } finally {
    hook.disable();
  }
  return calls;
}

const push = (bytes: Buffer) => callsOf('POST', `blobs/uploads/?digest=${digestOf(bytes)}`, bytes);

function manifestOf(blobs: readonly Buffer[], note = ''): Buffer {
  const [config, ...layers] = blobs.map((bytes) => ({
    mediaType: mediaTypes.ociConfig,
    digest: digestOf(bytes),
    size: bytes.length,
  }));
  const annotations = { note };
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers, annotations }),
  );
}

test('a request took many more calls of the file system than it needs', async () => {
  const blobs = Array.from({ length: 11 }, (_, at) => Buffer.alloc(10_000, `${at} `));
  const [first = Buffer.from(''), second = first, ...others] = blobs;
  await push(first);
  const pushed = await push(second);
  for (const blob of others) await push(blob);
  const put = (tag: string, note?: string) =>
    callsOf('PUT', `manifests/${tag}`, manifestOf(blobs, note), mediaTypes.ociManifest);
  const manifests = {
    first: await put('1'),
    again: await put('1'),
    moved: await put('1', 'another'),
    new: await put('2', 'third'),
  };
  const blob = `blobs/${digestOf(second)}`;
  const reads = {
    head: await callsOf('HEAD', blob),
    get: await callsOf('GET', blob),
    manifest: await callsOf('GET', 'manifests/1'),
  };
  expect({ pushed, manifests, reads }).toEqual({
    pushed: 18,
    manifests: { first: 24, again: 0, moved: 23, new: 23 },
    reads: { head: 0, get: 3, manifest: 0 },
  });
});

test('to delete a digest with thousands of tags took twenty calls a tag, minutes before the answer', async () => {
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
  const digest = digestOf(index);
  const tags = Array.from({ length: 400 }, (_, at) => `t${at}`);
  for (const tag of tags) expect(await ask('PUT', `manifests/${tag}`, index, mediaTypes.ociIndex)).toBe(201);
  expect(await ask('PUT', 'manifests/other', Buffer.from(`${index} `), mediaTypes.ociIndex)).toBe(201);
  // Some forty are of the manifest itself, and of the first tags, which are removed behind the answer.
  expect(await callsOf('DELETE', `manifests/${digest}`)).toBeLessThan(tags.length / 4);
  const listed = await fetch(`${server.url}/v2/team/web/tags/list`);
  expect(await listed.json()).toEqual({ name: 'team/web', tags: ['other'] });
  expect(await ask('GET', `manifests/${digest}`)).toBe(404);
  const left = () => readdirSync(join(dir, 'docker/registry/v2/repositories/team/web/_uploads'));
  await expect.poll(left, { timeout: 50_000 }).toEqual([]); // A file at a time: others have their turns.
});
