import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hash } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Digest, digestOf, finishDigest, hashFor } from '../../../src/registry/digest.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { Layout } from '../../../src/registry/server/storage/layout.js';
import { loopbackCertificate } from '../../kit/scripted-registry.js';
import { Repository } from '../conformance/repository.js';
import { dockerRegistry } from '../docker-registry.js';
import { installed } from '../proxy/start-registry.js';
import { runMain } from '../server/run-main.js';
import { scriptedUpstream } from './scripted-upstream.js';

const run = promisify(execFile);
const skopeo = (...words: readonly string[]) => run('skopeo', ['--insecure-policy', ...words]);

let home: string;
const open: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'provision-pull-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(home, { recursive: true });
});

async function cacheOf(url: string, more: { username?: string; passwordFile?: string } = {}): Promise<string> {
  const server = await serveRegistry({ dir: join(home, 'cache'), proxy: { url, tagTtl: 0, ...more } });
  open.push(() => server.close(0));
  return server.url;
}

/** Pushes an image with a layer of some size; returns its digest. */
async function push(url: string, layer: string): Promise<Digest> {
  const repository = new Repository(url, 'team/app');
  return (await repository.pushManifest(await repository.image(layer), '1')).digest;
}

describe.skipIf(!installed('docker-registry'))("Debian's docker-registry (where it is installed)", () => {
  test('is fetched from, and serves what the cache stored', async () => {
    const upstream = await dockerRegistry(join(home, 'upstream'));
    open.push(() => upstream.stop());
    const digest = await push(upstream.url, 'a layer of it');
    const cache = new Repository(await cacheOf(upstream.url), 'team/app');
    const manifest = await cache.ask('GET', 'manifests/1');
    expect(digestOf(manifest.body)).toBe(digest);
    const { config, layers } = JSON.parse(manifest.body.toString());
    for (const { digest: blob } of [config, ...layers]) {
      expect(digestOf((await cache.ask('GET', `blobs/${blob}`)).body)).toBe(blob);
    }
    await expect.poll(() => readdirSync(new Layout(join(home, 'cache')).uploads('team/app'))).toEqual([]);
    expect(JSON.parse((await cache.ask('GET', 'tags/list')).body.toString())).toEqual({
      name: 'team/app',
      tags: ['1'],
    });
    const other = await dockerRegistry(join(home, 'cache'));
    open.push(() => other.stop());
    const same = new Repository(other.url, 'team/app');
    expect(digestOf((await same.ask('GET', 'manifests/1')).body)).toBe(digest);
    expect((await same.ask('GET', `blobs/${layers[0].digest}`)).body.toString()).toBe('a layer of it');
  });

  test.skipIf(!installed('skopeo'))('with accounts is fetched from by skopeo, which needs none', async () => {
    await writeFile(join(home, 'htpasswd'), `cache:${await hash('s3cret', 4)}\n`);
    await writeFile(join(home, 'password'), 's3cret\n', { mode: 0o600 });
    const upstream = await dockerRegistry(join(home, 'upstream'), { htpasswd: join(home, 'htpasswd') });
    open.push(() => upstream.stop());
    const other = await serveRegistry({ dir: join(home, 'upstream') }); // The same folder, to push without an account.
    open.push(() => other.close(0));
    const digest = await push(other.url, 'a layer of it');
    const account = { username: 'cache', passwordFile: join(home, 'password') };
    const cache = await cacheOf(upstream.url, account);
    const image = `docker://${cache.replace('http://', '')}/team/app:1`;
    await skopeo('copy', '--src-tls-verify=false', image, `dir:${join(home, 'pulled')}`);
    expect(digestOf(readFileSync(join(home, 'pulled/manifest.json')))).toBe(digest);
    const { stdout } = await skopeo('inspect', '--tls-verify=false', image);
    expect(JSON.parse(stdout)).toMatchObject({ Digest: digest, RepoTags: ['1'] });
    await expect(skopeo('copy', '--dest-tls-verify=false', `dir:${join(home, 'pulled')}`, image)).rejects.toThrow(
      /pull-through cache/,
    );
  });
});

test('a cache of a cache of the embedded registry', async () => {
  const upstream = await serveRegistry({ dir: join(home, 'upstream') });
  open.push(() => upstream.close(0));
  const digest = await push(upstream.url, 'a layer of it');
  const between = await serveRegistry({ dir: join(home, 'between'), proxy: { url: upstream.url } });
  open.push(() => between.close(0));
  const cache = new Repository(await cacheOf(between.url), 'team/app');
  const manifest = await cache.ask('GET', 'manifests/1');
  expect(digestOf(manifest.body)).toBe(digest);
  const [layer] = JSON.parse(manifest.body.toString()).layers;
  expect((await cache.ask('GET', `blobs/${layer.digest}`)).body.toString()).toBe('a layer of it');
  expect((await cache.ask('GET', 'manifests/none')).status).toBe(404);
});

test('an upstream with TLS, tokens and an account in a file of accounts, and then another authority', async () => {
  const put = async (name: string, text: string) => {
    await writeFile(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const [first, second] = [await loopbackCertificate(), await loopbackCertificate()];
  const files = { cert: await put('tls.crt', first.cert), key: await put('tls.key', first.key) };
  const htpasswd = await put('htpasswd', `cache:${await hash('s3cret', 4)}\n`);
  const rules = [
    { accounts: 'anonymous', repositories: 'public/', rights: ['pull'] },
    { accounts: 'cache', repositories: '**', rights: ['pull'] },
  ];
  const access = await put('access.json', JSON.stringify(rules));
  const plain = await serveRegistry({ dir: join(home, 'upstream') }); // The same folder, to push without an account.
  open.push(() => plain.close(0));
  const digest = await push(plain.url, 'a layer of it');
  let upstream = await serveRegistry({ dir: join(home, 'upstream'), htpasswd, access, tls: files });
  open.push(() => upstream.close(0));
  const { port } = upstream;
  const auth = Buffer.from('cache:s3cret').toString('base64');
  const authFile = await put('auth.json', JSON.stringify({ auths: { [upstream.host]: { auth } } }));
  const ca = await put('ca.crt', first.ca);
  const server = await serveRegistry({
    dir: join(home, 'cache'),
    proxy: { url: upstream.url, authFile, ca, tagTtl: 0 },
  });
  open.push(() => server.close(0));
  const cache = new Repository(server.url, 'team/app');
  expect(digestOf((await cache.ask('GET', 'manifests/1')).body)).toBe(digest);
  await upstream.close(0);
  await put('tls.crt', second.cert);
  await put('tls.key', second.key);
  upstream = await serveRegistry({ dir: join(home, 'upstream'), htpasswd, access, tls: files, port });
  expect((await cache.ask('GET', 'manifests/2')).status).toBe(502);
  await put('ca.crt', second.ca);
  expect((await cache.ask('GET', 'manifests/2')).status).toBe(502); // It finds the other authority by this failure.
  expect((await cache.ask('GET', 'manifests/2')).status).toBe(404);
  const current = await cache.ask('GET', 'manifests/1');
  expect([digestOf(current.body), current.headers.warning]).toEqual([digest, undefined]);
});

test('killed in the middle of a fetch: nothing half is served, and the next pull is whole', async () => {
  const upstream = await scriptedUpstream();
  open.push(() => upstream.close());
  const bytes = randomBytes(8 << 20);
  const { layer } = upstream.image('team/app', '1', bytes);
  const config = join(home, 'registry.yml');
  await writeFile(config, JSON.stringify({ port: 0, proxy_url: upstream.url }));
  const layout = new Layout(join(home, 'cache'));
  for (let round = 0; round < 3; round += 1) {
    upstream.twist = ({ url = '' }, response) => {
      if (!url.includes('/blobs/')) return false;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, (round + 1) << 20));
      return true;
    };
    const running = await runMain(join(home, 'cache'), '--config', config);
    await new Repository(running.url, 'team/app').ask('GET', 'manifests/1');
    const pull = new Repository(running.url, 'team/app').ask('GET', `blobs/${layer}`).catch((error: Error) => error);
    await expect.poll(() => upstream.requests.filter((each) => each.includes('/blobs/')).length).toBe(round + 1);
    await expect
      .poll(() => (existsSync(layout.uploads('team/app')) ? readdirSync(layout.uploads('team/app')) : []))
      .toHaveLength(round + 1);
    await running.end('SIGKILL');
    expect(await pull).toBeInstanceOf(Error);
    expect([existsSync(layout.content(layer)), existsSync(layout.blobLink('team/app', layer))]).toEqual([false, false]);
  }
  upstream.twist = () => false;
  const running = await runMain(join(home, 'cache'), '--config', config);
  try {
    expect(digestOf((await new Repository(running.url, 'team/app').ask('GET', `blobs/${layer}`)).body)).toBe(layer);
  } finally {
    await running.end('SIGTERM');
  }
});

test('a blob of 256 MiB goes through a bounded memory', async () => {
  const megabytes = 256;
  const piece = randomBytes(1 << 20);
  const expected = hashFor('sha256:');
  for (let count = 0; count < megabytes; count += 1) expected.update(piece);
  const digest = finishDigest(expected);
  const upstream = await scriptedUpstream();
  open.push(() => upstream.close());
  upstream.twist = (_, response) => {
    response.writeHead(200, { 'content-length': megabytes << 20 });
    let sent = 0;
    const more = () => {
      while (sent < megabytes) {
        sent += 1;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
    return true;
  };
  const config = join(home, 'registry.yml');
  await writeFile(config, JSON.stringify({ port: 0, proxy_url: upstream.url }));
  const running = await runMain(join(home, 'cache'), '--config', config);
  try {
    // One client is slow: nothing waits for it in memory.
    const url = `${running.url}/v2/team/app/blobs/${digest}`;
    const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    const [slow] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    const got = hashFor(digest);
    for await (const bytes of answer) got.update(bytes);
    expect(finishDigest(got)).toBe(digest);
    const late = hashFor(digest);
    for await (const bytes of slow) late.update(bytes);
    expect(finishDigest(late)).toBe(digest);
    expect(upstream.requests.length).toBe(1);
    const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
    expect(peak).toBeLessThan(160); // 106 were measured, most of them the program, which isn't bundled here.
  } finally {
    await running.end('SIGTERM');
  }
});
