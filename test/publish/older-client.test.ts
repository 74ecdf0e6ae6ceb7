import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkout } from '../kit/provision.js';
import { newBucket } from './bucket-kit.js';
import { pulpExport, v1Id } from './exported-images.js';
import { publishTo, writeTar } from './published-kit.js';

/* The way of an image from an export of Pulp to a docker that knows version 1 alone: published to a bucket, named by a redirect
 * file, answered as Crane did. No such docker runs on a host of today: its requests are made here, in its order. */

const layers = ['base', 'app', 'top'].map((word) => ({ word, layer: randomBytes(100_000) }));
const name = 'acme/app';

let folder: string;
let stop: () => Promise<void>;
let crane: string;
let bucket: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'publish-older-'));
  mkdirSync(join(folder, 'metadata'));
  ({ bucket } = await newBucket());
  writeTar(join(folder, 'acme-app.tar'), pulpExport('acme-app', [{ tag: 'latest', layers }]));
  const words = [bucket, 'acme-app', 'acme-app.tar', '--public', '--name', name];
  const { status, stdout, stderr } = await publishTo([...words, '--redirect-file', 'metadata/acme-app.json'], folder);
  const uploaded = layers
    .toReversed()
    .flatMap(({ word }) => ['layer', 'json', 'ancestry'].map((file) => `${v1Id(word)}/${file}`));
  expect(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('Successfully'))
      .toSorted(),
  ).toEqual(uploaded.map((key) => `Successfully uploaded to <Bucket: ${bucket}>:acme-app/${key}`).toSorted());
  expect([status, stderr]).toEqual([0, expect.stringContaining('1 tag pulled without an account')]);

  const main = join(checkout, 'dist/src/cli/main.js');
  const serve = ['publish', 'serve', '--data-dir', join(folder, 'metadata'), '--listen', '127.0.0.1:0', '--json'];
  const child = spawn(process.execPath, [main, ...serve], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  stop = async () => {
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  };
  let printed = '';
  for await (const line of createInterface({ input: child.stdout })) {
    printed += line;
    if (line === '}' || /^\{.*\}$/.test(line)) break;
  }
  ({ url: crane } = JSON.parse(printed));
});
afterAll(async () => {
  await stop?.();
  rmSync(folder, { recursive: true, force: true });
});

const docker = { 'User-Agent': 'docker/1.6.0 go/go1.4.1', Accept: 'application/json' };
const get = async (url: string, headers: Record<string, string> = {}) =>
  await fetch(url, { headers: { ...docker, ...headers } });
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for.
const json = async (url: string): Promise<any> => (await get(url)).json();

it('a docker of version 1 finds the tag, walks the ancestry, and has the bytes of each layer', async () => {
  expect(existsSync(join(folder, 'metadata/acme-app.json'))).toBe(true);
  expect([(await get(`${crane}/v1/_ping`)).status, (await get(`${crane}/v2/`)).status]).toEqual([200, 200]);
  const images = await get(`${crane}/v1/repositories/${name}/images`, { 'X-Docker-Token': 'true' });
  expect(images.status).toBe(200);
  const endpoint = `http://${images.headers.get('x-docker-endpoints')}`;
  expect(endpoint).toBe(crane);
  const listed = await images.json();
  const tags = await json(`${endpoint}/v1/repositories/${name}/tags`);
  expect(tags).toEqual({ latest: v1Id('top') });
  expect(listed).toContainEqual({ id: tags.latest });
  const ancestry: string[] = await json(`${endpoint}/v1/images/${tags.latest}/ancestry`);
  expect(ancestry).toEqual(['top', 'app', 'base'].map(v1Id));
  for (const [at, id] of ancestry.toReversed().entries()) {
    const described = await json(`${endpoint}/v1/images/${id}/json`);
    expect([described.id, described.parent]).toEqual([id, ancestry.toReversed()[at - 1]]);
    const layer = await get(`${endpoint}/v1/images/${id}/layer`);
    expect([layer.status, layer.redirected, layer.url]).toEqual([
      200,
      true,
      expect.stringContaining(`/${bucket}/acme-app/${id}/layer`),
    ]);
    const sent = layers[at]?.layer ?? Buffer.alloc(0);
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(new Uint8Array(await layer.arrayBuffer()))).toBe(digest(sent));
  }
});

it('what is not published is 404 to it', async () => {
  for (const path of ['repositories/acme/none/images', 'repositories/acme/none/tags', `images/${'0'.repeat(64)}/layer`])
    expect((await get(`${crane}/v1/${path}`)).status).toBe(404);
});
