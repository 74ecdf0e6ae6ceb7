import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { serveEachTest } from '../../../../test/kit/served-folder.js';
import { Repository } from '../../../../test/registry/conformance/repository.js';
import { type Digest, digestOf } from '../../digest.js';
import { mediaTypes } from '../../media-types.js';
import type { CollectedGarbage } from './collect.js';
import type { GcState } from './collector.js';

/** The least grace time there is: requests still make their uses known. */
const served = serveEachTest({ gcGrace: 100 });
const hour = 3600_000;

const repository = (name = 'a/b') => new Repository(served.server.url, name);

async function gc(wishes: object = {}): Promise<CollectedGarbage> {
  const reply = await repository().ask('POST', '/_provision/gc', {
    body: JSON.stringify(wishes),
    headers: { 'Content-Type': 'application/json' },
  });
  const { report, error } = JSON.parse(reply.body.toString()) as GcState & { errors?: unknown };
  if (report === undefined) expect.fail(error ?? reply.body.toString());
  return report;
}

/** Makes all that lies there as old as if nobody had used it for an hour. */
function age(folder = served.folder): void {
  const then = (Date.now() - hour) / 1000;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(`${entry.parentPath}/${entry.name}`, then, then);
  }
}

async function push(content: string, tag?: string, fields: object = {}, name = 'a/b'): Promise<Digest> {
  return (await repository(name).pushManifest(await repository(name).image(content, fields), tag)).digest;
}

async function remove(reference: string, name = 'a/b'): Promise<void> {
  expect((await repository(name).ask('DELETE', `manifests/${reference}`)).status).toBe(202);
}

const statusOf = async (path: string, method = 'GET') => (await repository().ask(method, path)).status;
const about = (digest: Digest) => ({ subject: { mediaType: mediaTypes.ociManifest, digest, size: 1 } });
const index = (...digests: readonly Digest[]) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: digests.map((digest) => ({ mediaType: mediaTypes.ociManifest, digest, size: 1 })),
});
const layer = (content: string) => digestOf(Buffer.from(content));

test('what was deleted stayed on the disk for ever', async () => {
  const gone = await push('gone', 'gone');
  await push('stays', 'stays');
  await remove(gone);
  await repository().pushBlob('never named');
  age();
  const tried = await gc({ dryRun: true });
  expect(tried).toMatchObject({ applied: false, manifests: 0, blobs: 4, links: 3, kept: { manifests: 1, blobs: 3 } });
  expect(existsSync(served.layout.content(layer('gone')))).toBe(true);
  const { blobs, links, bytes, digests } = await gc();
  expect({ blobs, links, bytes, digests }).toEqual({ blobs: 4, links: 3, bytes: tried.bytes, digests: tried.digests });
  expect(digests).toContain(gone);
  expect(existsSync(served.layout.content(layer('gone')))).toBe(false);
  expect(await statusOf(`blobs/${layer('gone')}`, 'HEAD')).toBe(404);
  expect(await statusOf(`blobs/${layer('stays')}`)).toBe(200);
  expect(await gc()).toMatchObject({ manifests: 0, blobs: 0, links: 0 });
  const figures = (await repository().ask('GET', '/metrics')).body.toString();
  expect(figures.match(/^registry_gc_(?:runs|removed)_.* \d+$/gm)).toEqual([
    'registry_gc_runs_total{result="done"} 2',
    'registry_gc_runs_total{result="failed"} 0',
    'registry_gc_removed_manifests_total 0',
    'registry_gc_removed_blobs_total 4',
    `registry_gc_removed_bytes_total ${bytes}`,
  ]);
  expect(readdirSync(served.layout.uploads('a/b'))).toEqual([]);
  await push('gone', 'gone');
  expect(await statusOf(`blobs/${layer('gone')}`)).toBe(200);
});

test('a manifest without a tag stays unless it is asked to go, with all that belongs to a tag', async () => {
  const [child, other] = [await push('child'), await push('other')];
  const nested = (await repository().pushManifest(index(child))).digest;
  await repository().pushManifest(index(nested, other), 'list');
  const signed = await push('signed', 'signed');
  const signature = await push('signature', undefined, about(signed));
  const ofSignature = await push('of the signature', undefined, about(signature));
  const subject = await push('subject');
  await push('tagged referrer', 'referrer', about(subject));
  const cosigned = await push('cosigned', `sha256-${signed.slice(7)}.sig`);
  const untagged = await push('untagged');
  const ofUntagged = await push('of the untagged', undefined, about(untagged));
  const list = (await repository().pushManifest(index(untagged))).digest;
  age();
  expect(await gc()).toMatchObject({ manifests: 0, blobs: 0, links: 0 });
  expect(await gc({ dryRun: true, deleteUntagged: true })).toMatchObject({ manifests: 3, links: 4, blobs: 7 });
  const { repositories } = await gc({ deleteUntagged: true });
  expect([...(repositories[0]?.manifests ?? [])].sort()).toEqual([list, ofUntagged, untagged].sort());
  for (const digest of [child, other, nested, signed, signature, ofSignature, subject, cosigned]) {
    expect(await statusOf(`manifests/${digest}`)).toBe(200);
  }
  for (const content of ['child', 'other', 'signature', 'of the signature', 'subject', 'cosigned']) {
    expect(await statusOf(`blobs/${layer(content)}`)).toBe(200);
  }
  expect(await statusOf(`manifests/${list}`)).toBe(404);
  expect(await statusOf(`blobs/${layer('untagged')}`)).toBe(404);
});

test('what a client was told is there stays for the grace time', async () => {
  const [asked, mounted, manifest, pushed] = ['asked', 'mounted', 'manifest', 'pushed'];
  for (const content of [asked, mounted, pushed, 'old']) await repository().pushBlob(content);
  const untagged = await push(manifest);
  age();
  expect(await statusOf(`blobs/${layer(asked)}`, 'HEAD')).toBe(200);
  const query = `?mount=${layer(mounted)}&from=a/b`;
  expect((await repository('c').ask('POST', `blobs/uploads/${query}`)).status).toBe(201);
  expect(await statusOf(`manifests/${untagged}`, 'HEAD')).toBe(200);
  await repository().pushBlob(pushed);
  await gc({ deleteUntagged: true });
  for (const content of [asked, mounted, pushed, manifest]) {
    expect([content, await statusOf(`blobs/${layer(content)}`)]).toEqual([content, 200]);
  }
  expect((await repository('c').ask('GET', `blobs/${layer(mounted)}`)).status).toBe(200);
  expect(await statusOf(`blobs/${layer('old')}`)).toBe(404);
});

test('content of another repository stays, and a layer that none of the manifests says it has', async () => {
  await push('shared', 'x', {}, 'a/b');
  await push('shared', 'x', {}, 'c');
  const gone = await push('shared', undefined, {}, 'a/b');
  await remove(gone);
  const foreign = await repository().pushBlob('foreign');
  const layers = [{ mediaType: mediaTypes.dockerForeignLayer, digest: foreign, size: 7, urls: ['https://x.invalid/'] }];
  await push('with a foreign layer', 'foreign', { layers });
  const long = digestOf(Buffer.from('long'), 'sha512');
  await repository().pushBlob('long', 'sha512');
  await push('known by its sha512', 'long', { layers: [{ mediaType: mediaTypes.ociLayer, digest: long, size: 4 }] });
  age();
  await gc({ deleteUntagged: true });
  expect(await statusOf(`blobs/${layer('shared')}`)).toBe(404);
  expect((await repository('c').ask('GET', `blobs/${layer('shared')}`)).status).toBe(200);
  expect([await statusOf(`blobs/${foreign}`), await statusOf(`blobs/${long}`)]).toEqual([200, 200]);
});

test('a repository with a manifest that cannot be read is skipped, with its blobs', async () => {
  const damaged = await push('damaged', 'x');
  await repository().pushBlob('unnamed');
  await repository('c').pushBlob('unnamed, too');
  writeFileSync(`${served.layout.content(damaged)}/data`, '{"schemaVersion":2');
  age();
  const { blobs, repositories } = await gc({ deleteUntagged: true });
  expect([blobs, repositories]).toMatchObject([
    1,
    [
      { name: 'a/b', skipped: `cannot read the manifest ${damaged}: it is not JSON` },
      { name: 'c', links: 1 },
    ],
  ]);
  expect(await statusOf(`blobs/${layer('unnamed')}`)).toBe(200);
  expect(served.errors()).toEqual([`error a/b is not collected: cannot read the manifest ${damaged}: it is not JSON`]);
});

test('a repository behind a link, which is served, would have been taken for garbage', async () => {
  await push('behind', 'x', {}, 'elsewhere/x');
  await repository().pushBlob('unnamed');
  mkdirSync(`${served.folder}/beside`);
  const moved = `${served.folder}/beside/x`;
  const { repositories } = served.layout;
  const { renameSync } = await import('node:fs');
  renameSync(`${repositories}/elsewhere/x`, moved);
  symlinkSync(moved, `${repositories}/elsewhere/x`);
  age();
  const reply = await repository().ask('POST', '/_provision/gc', {
    body: '{}',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(JSON.parse(reply.body.toString())).toMatchObject({
    error: `${repositories}/elsewhere/x is a link, which is not followed`,
  });
  expect((await repository('elsewhere/x').ask('GET', `blobs/${layer('behind')}`)).status).toBe(200);
  rmSync(moved, { recursive: true });
});

test('only JSON with known fields begins a collection, one at a time', async () => {
  const ask = async (body: string, type = 'application/json') => {
    const reply = await repository().ask('POST', '/_provision/gc', { body, headers: { 'Content-Type': type } });
    return [reply.status, JSON.parse(reply.body.toString())?.errors?.[0]?.message];
  };
  expect(await ask('{}', 'text/plain')).toEqual([400, 'the Content-Type must be application/json']);
  expect(await ask('{"dryrun":true}')).toEqual([
    400,
    '"dryrun" is unknown: write dryRun, deleteUntagged, grace, retain or rate',
  ]);
  expect(await ask('{"grace":-1}')).toEqual([400, 'grace must be a number of seconds']);
  expect(await ask('{"grace":99}')).toEqual([409, 'grace must be 100 seconds or more']);
  // In one piece: however busy the machine is, the second is there before the first has ended.
  const head =
    'POST /_provision/gc HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n';
  const socket = connect(served.server.port, '127.0.0.1');
  socket.write(`${head}{"dryRun":true}`.repeat(2));
  const statuses: string[] = [];
  for await (const piece of socket) {
    statuses.push(...(String(piece).match(/(?<=HTTP\/1\.1 )\d+/g) ?? []));
    if (statuses.length >= 2) break;
  }
  expect(statuses.sort()).toEqual(['200', '409']);
  expect(await repository().ask('GET', '/_provision/gc')).toMatchObject({ status: 200 });
  expect(await statusOf('/_provision/gc', 'DELETE')).toBe(405);
});

test('a manifest that holds the blobs of deleted images stays without a tag, until its time', async () => {
  const until = (milliseconds: number) => ({
    annotations: { 'provision.kept-until': new Date(Date.now() + milliseconds).toISOString() },
  });
  const held = await push('held', undefined, until(hour));
  const over = await push('over', undefined, until(-hour));
  age();
  await gc({ deleteUntagged: true });
  expect([await statusOf(`manifests/${held}`), await statusOf(`manifests/${over}`)]).toEqual([200, 404]);
  expect([layer('held'), layer('over')].map((each) => existsSync(served.layout.content(each)))).toEqual([true, false]);
});
