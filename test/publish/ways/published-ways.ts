import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, vi } from 'vitest';
import { craneOptions } from '../../../src/cli/publish/crane-options.js';
import type { ServeCraneRequest } from '../../../src/cli/publish/serve-request.js';
import { openServedStore, readServedStore } from '../../../src/cli/publish/served-store.js';
import { serveCrane } from '../../../src/publish/crane/serve-crane.js';
import { s3Store } from '../../../src/publish/stores/s3-store.js';
import { runPublish } from '../../registry/admin/run-command.js';
import { gateway, gatewayEnvironment, newBucket } from '../bucket-kit.js';
import { wayTo } from '../bucket-way.js';
import { writeFiles } from '../crane-kit.js';
import { writeTar } from '../published-kit.js';
import { nginxOfSignedLinks, nginxOverFolder, signingSection } from './nginx-kit.js';
import { type SignedIndex, signedIndexEntries } from './signed-index.js';

/** Names of all ways in which clients get what is published. */
export const wayNames = [
  'redirects to a folder behind nginx',
  'redirects to a bucket that everybody may read',
  'a store in a bucket, redirects to what everybody may read',
  'a private bucket with presigned addresses',
  'a store in a folder, addresses signed for nginx',
  'content of a folder',
  'the static tree in a bucket',
  'the static tree in a folder behind nginx',
] as const;

export type WayName = (typeof wayNames)[number];

/** Ways that are served, each at an address of its own. */
export interface PublishedWays {
  /** Address of a way, `http://127.0.0.1:4711`; all have the repository `team/web`. */
  url(way: WayName): string;
  close(): Promise<void>;
}

/** Repository that clients pull. */
export const publishedName = 'team/web';

/** Publishes an image into Ceph's gateway and into folders, and serves it in all ways. */
export async function publishedWays(made: SignedIndex): Promise<PublishedWays> {
  const folder = mkdtempSync(join(tmpdir(), 'publish-ways-'));
  const tar = writeTar(join(folder, 'web.tar'), signedIndexEntries(made));
  const [pulpFolder, staticFolder] = [join(folder, 'images'), join(folder, 'site')];
  for (const path of [pulpFolder, staticFolder]) mkdirSync(path);
  const [open, closed] = [await s3Store(await newBucket()), await s3Store(await newBucket())];
  const [plainNginx, signedNginx] = [await nginxOverFolder(pulpFolder), await nginxOfSignedLinks(folder)];
  const [siteNginx, cdn] = [await nginxOverFolder(staticFolder), await wayTo(open)];
  const metadata = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const pulp = (to: string, name: string, ...words: string[]) =>
    publish(to, 'team/web', tar, '--layout', 'pulp', '--redirect-file', join(metadata(name), 'web.json'), ...words);
  await pulp(pulpFolder, 'plain', '--url', plainNginx.url);
  await pulp(pulpFolder, 'signed', '--url', `${signedNginx.url}/images`);
  await pulp(open.name, 'open', '--public-policy');
  await pulp(closed.name, 'closed');
  await publish(staticFolder, publishedName, tar);
  await publish(open.name, publishedName, tar, '--public', '--url', cdn.url);

  writeFiles(folder, { 'signed.conf': signingSection() });
  const s3Endpoint = gateway().endpoint;
  const servers = {
    'redirects to a folder behind nginx': await serve({ dataDir: metadata('plain') }),
    'redirects to a bucket that everybody may read': await serve({ dataDir: metadata('open') }),
    'a store in a bucket, redirects to what everybody may read': await serve({
      dataDir: metadata('open'),
      store: open.name,
      s3Endpoint,
    }),
    'a private bucket with presigned addresses': await serve({
      dataDir: metadata('closed'),
      store: closed.name,
      s3Endpoint,
      presign: 600,
    }),
    'a store in a folder, addresses signed for nginx': await serve({
      dataDir: metadata('signed'),
      store: pulpFolder,
      storeUrl: `${signedNginx.url}/images`,
      config: join(folder, 'signed.conf'),
    }),
    'content of a folder': await serve({ dataDir: metadata('plain'), contentV2: pulpFolder }),
  };
  const urls: Record<WayName, string> = {
    ...mapValues(servers, ({ url }) => url),
    'the static tree in a bucket': cdn.url,
    'the static tree in a folder behind nginx': siteNginx.url,
  };
  return {
    url: (way) => urls[way],
    async close() {
      for (const server of Object.values(servers)) await server.close();
      for (const each of [plainNginx, signedNginx, siteNginx, cdn, open, closed]) await each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function mapValues<K extends string, V, W>(values: Readonly<Record<K, V>>, map: (value: V) => W): Record<K, W> {
  const entries = (Object.keys(values) as K[]).map((key) => [key, map(values[key])] as const);
  return Object.fromEntries(entries) as Record<K, W>;
}

async function publish(to: string, ...words: string[]): Promise<void> {
  const endpoint = to.startsWith('s3://') ? ['--endpoint', gateway().endpoint] : [];
  const { status, stderr } = await asPublisher(() => runPublish('--to', to, ...words, ...endpoint));
  expect([status, stderr]).toEqual([0, expect.stringContaining('objects stored')]);
}

/** Serves as `provision publish serve` does with these options. */
async function serve(options: Partial<ServeCraneRequest>): Promise<{ readonly url: string; close(): Promise<void> }> {
  const request = { listen: { host: '127.0.0.1', port: 0 }, json: false, verbose: 0, ...options };
  const errors: string[] = [];
  const errorLog = new Writable({
    write(chunk, _, written) {
      errors.push(String(chunk));
      written();
    },
  });
  const wanted = readServedStore(request);
  const store = wanted === undefined ? undefined : await asPublisher(() => openServedStore(wanted, request));
  const server = await serveCrane({ ...(await craneOptions(request)), ...store?.options, errorLog });
  return {
    url: server.url,
    async close() {
      await server.close();
      await store?.close();
      expect(errors).toEqual([]);
    },
  };
}

async function asPublisher<T>(work: () => Promise<T>): Promise<T> {
  for (const [name, value] of Object.entries(gatewayEnvironment())) vi.stubEnv(name, value);
  try {
    return await work();
  } finally {
    vi.unstubAllEnvs();
  }
}
