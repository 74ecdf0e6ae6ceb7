import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { collectFolder } from '../../../src/registry/server/gc/collect-folder.js';
import { serveRegistry } from '../../../src/registry/server/serve.js';
import { cacheInEachTest } from './served-cache.js';

const cache = cacheInEachTest();
const { repository } = cache;
const hour = 3600;

/** Makes all that lies there as old as if nobody had used it for so many seconds. */
function age(seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  for (const entry of readdirSync(cache.folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(`${entry.parentPath}/${entry.name}`, then, then);
  }
}

async function collect(wishes: object = {}): Promise<Record<string, unknown>> {
  const reply = await repository().ask('POST', '/_provision/gc', {
    body: JSON.stringify(wishes),
    headers: { 'Content-Type': 'application/json' },
  });
  const { report, error } = JSON.parse(reply.body.toString());
  if (report === undefined) expect.fail(error ?? reply.body.toString());
  return report;
}

test('what was not pulled for long goes, with its tags, and comes again', async () => {
  await cache.start({ proxy: { url: cache.upstream.url, ttl: 24 * hour } });
  const old = cache.upstream.image('team/app', 'old', Buffer.from('old'));
  const used = cache.upstream.image('team/app', 'used', Buffer.from('used'));
  for (const tag of ['old', 'used']) await repository().ask('GET', `manifests/${tag}`);
  for (const { layer } of [old, used]) await repository().ask('GET', `blobs/${layer}`);
  await expect.poll(() => readdirSync(cache.layout.uploads('team/app'))).toEqual([]);
  age(23 * hour);
  expect(await collect()).toMatchObject({ manifests: 0, blobs: 0, tags: 0 });
  age(25 * hour);
  await repository().ask('HEAD', 'manifests/used'); // Its layer is not pulled: who pulls has it already.
  expect(await collect({ dryRun: true })).toMatchObject({ manifests: 1, tags: 1 });
  expect(await collect()).toMatchObject({ manifests: 1, tags: 1, blobs: 2, kept: { manifests: 1, blobs: 2 } });
  expect(existsSync(`${cache.layout.tags('team/app')}/old`)).toBe(false);
  expect(existsSync(`${cache.layout.content(used.layer)}/data`)).toBe(true);
  expect((await repository().ask('GET', 'manifests/old')).status).toBe(200);
  expect((await repository().ask('GET', `blobs/${old.layer}`)).body.toString()).toBe('old');
});

test('gc of the folder of a stopped cache did not know after what time manifests go', async () => {
  await cache.start({ proxy: { url: cache.upstream.url, ttl: 24 * hour } });
  cache.upstream.image('team/app', 'old', Buffer.from('old'));
  await repository().ask('GET', 'manifests/old');
  await cache.server.close(0);
  age(25 * hour);
  const stopped = async () => {
    const wishes = { apply: false, deleteUntagged: false };
    const { report, server } = await collectFolder(cache.folder, wishes, new AbortController().signal, expect.fail);
    expect(server).toBeUndefined();
    return { tags: report.tags, manifests: report.manifests };
  };
  expect(await stopped()).toEqual({ tags: 1, manifests: 1 });
  const plain = await serveRegistry({ dir: cache.folder }); // It is a cache no more: what was pushed stays.
  await plain.close(0);
  expect(await stopped()).toEqual({ tags: 0, manifests: 0 });
});

test('what was not pulled for long stays where the time is 0, and manifests whose blobs are not here do no harm', async () => {
  await cache.start({ proxy: { url: cache.upstream.url, ttl: 0 } });
  cache.upstream.image('team/app', '1', Buffer.from('never fetched'));
  await repository().ask('GET', 'manifests/1');
  age(1000 * 24 * hour);
  expect(await collect()).toMatchObject({ manifests: 0, blobs: 0, links: 0, kept: { manifests: 1, blobs: 1 } });
  const json = { 'Content-Type': 'application/json' };
  const checked = await repository().ask('POST', '/_provision/scrub', { body: '{}', headers: json });
  expect(JSON.parse(checked.body.toString())).toMatchObject({ blobs: 1, damaged: [] });
  expect((await repository().ask('GET', '/readyz')).status).toBe(200);
  await cache.upstream.close();
  expect((await repository().ask('GET', '/readyz')).status).toBe(200);
  expect(cache.errors()).toEqual([]);
});
