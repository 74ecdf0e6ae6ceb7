import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../digest.js';
import { mediaTypes } from '../media-types.js';
import { type RegistryServer, serveRegistry } from './serve.js';
import { isStorageError, makeFolder, StorageError } from './storage/files.js';
import { Layout } from './storage/layout.js';
import { purgeUploads } from './uploads/purge-uploads.js';

const fail = (message: string) => expect.fail(message);

let home: string;
let layout: Layout;
let server: RegistryServer;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'provision-storage-'));
  layout = new Layout(join(home, 'storage'));
  server = await serveRegistry({ dir: layout.folder, delete: true });
  await upload('team/web', config);
  expect(await put('team/web/manifests/1.0', manifest)).toBe(201);
});
afterEach(async () => {
  await server.close(0);
  rmSync(home, { recursive: true });
});

const config = Buffer.from('{"os":"linux"}');
const descriptor = { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length };
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: descriptor,
  layers: [],
});

const child = (digest: string) => ({ mediaType: mediaTypes.ociManifest, digest, size: 1 });

async function put(path: string, body: string, type: string = mediaTypes.ociManifest): Promise<number> {
  const headers = { 'content-type': type };
  return (await fetch(`${server.url}/v2/${path}`, { method: 'PUT', body, headers })).status;
}

async function upload(name: string, bytes: Buffer): Promise<number> {
  const path = `/v2/${name}/blobs/uploads/?digest=${digestOf(bytes)}`;
  return (await fetch(`${server.url}${path}`, { method: 'POST', body: new Uint8Array(bytes) })).status;
}

async function get(path: string, method = 'GET'): Promise<number> {
  const answer = await fetch(`${server.url}/v2/${path}`, { method });
  await answer.arrayBuffer();
  return answer.status;
}

async function list(path: string): Promise<unknown> {
  return await (await fetch(`${server.url}/v2/${path}`)).json();
}

/** Puts something in the place of what lies there. */
function plant(path: string, make: (path: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  make(path);
}

const secret = () => {
  const path = join(home, 'secret', 'data');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'only for the server');
  return path;
};
const fifo = (path: string) => execFileSync('mkfifo', [path]);

const planted: readonly [string, (path: string) => void][] = [
  ['a link out of the storage', (path) => symlinkSync(secret(), path)],
  ['a link to itself', (path) => symlinkSync(path, path)],
  ['a pipe', fifo],
  ['a folder', (path) => mkdirSync(path)],
  ['a device', (path) => symlinkSync('/dev/zero', path)],
];

test.each(planted)('%s in the place of a blob is not there, and does not hang', async (_, make) => {
  const blob = `team/web/blobs/${digestOf(config)}`;
  plant(`${layout.content(digestOf(config))}/data`, make);
  expect([await get(blob), await get(blob, 'HEAD')]).toEqual([404, 404]);
});

test.each(planted)('%s in the place of a manifest is not there, and does not hang', async (_, make) => {
  const digest = digestOf(Buffer.from(manifest));
  plant(`${layout.content(digest)}/data`, make);
  expect([await get('team/web/manifests/1.0'), await get(`team/web/manifests/${digest}`)]).toEqual([404, 404]);
  expect(await get(`team/web/referrers/${digest}`)).toBe(200);
  expect(await get(`team/web/manifests/${digest}`, 'DELETE')).toBe(202);
});

test.each(planted)('%s in the place of a link is not there, and does not hang', async (_, make) => {
  const digest = digestOf(Buffer.from(manifest));
  plant(layout.tagLink('team/web', '1.0'), make);
  expect(await get('team/web/manifests/1.0')).toBe(404);
  plant(layout.revisionLink('team/web', digest), make);
  expect([await get(`team/web/manifests/${digest}`), await get(`team/web/referrers/${digest}`)]).toEqual([404, 200]);
  plant(layout.blobLink('team/web', digestOf(config)), make);
  expect(await get(`team/web/blobs/${digestOf(config)}`)).toBe(404);
});

test('a link that is huge, or names no digest, is none', async () => {
  const link = layout.tagLink('team/web', '1.0');
  truncateSync(link, 3 * 2 ** 30);
  expect(await get('team/web/manifests/1.0')).toBe(404);
  writeFileSync(link, 'sha256:../../../../etc/passwd');
  truncateSync(`${layout.content(digestOf(Buffer.from(manifest)))}/data`, 3 * 2 ** 30);
  expect(await get('team/web/manifests/1.0')).toBe(404);
});

test('a folder on the way that leads out gives nothing of what lies there', async () => {
  const elsewhere = dirname(secret());
  const other = digestOf(Buffer.from('only for the server'));
  plant(layout.content(other), (path) => symlinkSync(elsewhere, path));
  plant(layout.blobLink('team/web', other), (path) => writeFileSync(path, other));
  expect([await get(`team/web/blobs/${other}`), await get(`team/web/blobs/${other}`, 'HEAD')]).toEqual([404, 404]);
});

test('the storage itself may be a link', async () => {
  symlinkSync(layout.folder, join(home, 'alias'));
  const alias = await serveRegistry({ dir: join(home, 'alias') });
  const answer = await fetch(`${alias.url}/v2/team/web/blobs/${digestOf(config)}`);
  expect([answer.status, await answer.text()]).toEqual([200, config.toString()]);
  await alias.close(0);
});

test('what is no tag and no repository is not listed, and links that go round are not followed', async () => {
  for (const name of ['..a', 'a b', 'a\nb', 'a'.repeat(129)]) mkdirSync(`${layout.tags('team/web')}/${name}`);
  writeFileSync(`${layout.tags('team/web')}/file`, '');
  symlinkSync(home, `${layout.tags('team/web')}/linked`);
  for (const name of ['UPPER', 'a b', '_x', 'x'.repeat(200)]) {
    mkdirSync(`${layout.repositories}/${name}/_layers`, { recursive: true });
  }
  mkdirSync(`${layout.repositories}/${'x'.repeat(200)}/${'y'.repeat(60)}/_layers`, { recursive: true });
  for (const name of ['one', 'two']) symlinkSync(layout.repositories, `${layout.repositories}/team/${name}`);
  fifo(`${layout.repositories}/pipe`);
  mkdirSync(`${layout.repositories}/closed`, { mode: 0o000 });
  expect(await list('team/web/tags/list')).toEqual({ name: 'team/web', tags: ['1.0'] });
  expect(await list('_catalog')).toEqual({ repositories: ['team/web', 'x'.repeat(200)] });
});

test('an upload whose file was made a link does not write where it leads', async () => {
  const begun = await fetch(`${server.url}/v2/team/web/blobs/uploads/`, { method: 'POST' });
  const place = begun.headers.get('location') ?? '';
  const data = `${layout.upload('team/web', place.split('/').at(-1) ?? '')}/data`;
  const path = secret();
  plant(data, (at) => symlinkSync(path, at));
  expect((await fetch(`${server.url}${place}`, { method: 'PATCH', body: 'root::0:0' })).status).toBe(500);
  plant(dirname(data), (at) => symlinkSync(dirname(path), at));
  expect((await fetch(`${server.url}${place}`, { method: 'PATCH', body: 'root::0:0' })).status).toBe(404);
  expect(readFileSync(path, 'utf8')).toBe('only for the server');
});

test('nothing is removed behind a link that leads out', async () => {
  const old = join(home, 'elsewhere', '00000000-0000-0000-0000-000000000000');
  mkdirSync(join(home, 'elsewhere', 'current'), { recursive: true });
  mkdirSync(old);
  writeFileSync(join(home, 'elsewhere', 'current', 'link'), digestOf(config));
  plant(layout.uploads('team/web'), (path) => symlinkSync(dirname(old), path));
  expect(await purgeUploads(layout, Date.now() + 1e12, fail)).toBe(0);
  plant(layout.tags('team/web'), (path) => symlinkSync(home, path));
  expect(await get('team/web/manifests/elsewhere', 'DELETE')).toBe(500);
  expect([existsSync(old), existsSync(join(home, 'elsewhere'))]).toEqual([true, true]);
});

test('a push was confirmed although its content was gone, and its link was not', async () => {
  const digest = digestOf(Buffer.from(manifest));
  const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child(digest)] });
  expect(await put('team/web/manifests/all', index, mediaTypes.ociIndex)).toBe(201);
  rmSync(layout.content(digest), { recursive: true });
  expect(await put('team/web/manifests/all', index, mediaTypes.ociIndex)).toBe(400);
  rmSync(layout.content(digestOf(config)), { recursive: true });
  expect(await put('team/web/manifests/1.0', manifest)).toBe(400);
  expect(await upload('team/web', config)).toBe(201);
  expect(await put('team/web/manifests/1.0', manifest)).toBe(201);
  expect(await put('team/web/manifests/all', index, mediaTypes.ociIndex)).toBe(201);
});

test('images with a wrong size in their manifest, which docker-registry has, could not be mirrored', async () => {
  const off = (size: number) => JSON.stringify({ ...JSON.parse(manifest), config: { ...descriptor, size } });
  const statuses = [config.length + 1, config.length - 1, 0, -1, 1.5].map((size) =>
    put('team/web/manifests/off', off(size)),
  );
  expect(await Promise.all(statuses)).toEqual([201, 201, 201, 400, 400]);
});

test('a manifest of very many layers that are not there is refused with all of them', async () => {
  const layers = Array.from({ length: 10_000 }, (_, at) => child(digestOf(Buffer.from(`layer ${at}`))));
  const headers = { 'content-type': mediaTypes.ociManifest };
  const body = JSON.stringify({ ...JSON.parse(manifest), layers });
  const answer = await fetch(`${server.url}/v2/team/web/manifests/many`, { method: 'PUT', body, headers });
  const { errors } = (await answer.json()) as { errors: [{ detail: { digests: string[] } }] };
  expect([answer.status, errors[0].detail.digests.length]).toEqual([400, layers.length]);
});

test('an error that the answer sends to the log for was in none, unless every request is logged', async () => {
  writeFileSync(`${layout.content(digestOf(Buffer.from(manifest)))}/data`, `${manifest} `);
  const errorLog = new PassThrough();
  const other = await serveRegistry({ dir: layout.folder, errorLog });
  const answer = await fetch(`${other.url}/v2/team/web/manifests/1.0`);
  expect([answer.status, await answer.text()]).toEqual([
    500,
    expect.stringContaining('the storage failed; see the log'),
  ]);
  expect(String(errorLog.read())).toMatch(
    /^[^ ]+Z error GET \/v2\/team\/web\/manifests\/1\.0: Error: the manifest sha256:[0-9a-f]{64} of team\/web is damaged\n$/,
  );
  await other.close(0);
});

test('an error of the program was called one of the storage', async () => {
  const missing = await readdir(join(home, 'none')).catch((error: unknown) => error);
  const found = [missing, new StorageError('damaged'), new RangeError('Invalid string length'), 'text'];
  expect(found.map(isStorageError)).toEqual([true, true, false, false]);
});

test('a folder that can not be made was tried for ever', async () => {
  await expect(serveRegistry({ dir: '/proc/none/below' })).rejects.toThrow('ENOENT');
  await makeFolder(join(home, 'a/b/c'));
  await makeFolder(join(home, 'a/b/c'));
  expect(existsSync(join(home, 'a/b/c'))).toBe(true);
  await expect(makeFolder(join(secret(), 'below'))).rejects.toThrow('ENOTDIR');
  await expect(makeFolder(secret())).rejects.toThrow('is not a folder');
});
