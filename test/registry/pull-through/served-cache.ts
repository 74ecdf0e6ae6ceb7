import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../../src/registry/server/serve.js';
import { Layout } from '../../../src/registry/server/storage/layout.js';
import { Repository } from '../conformance/repository.js';
import { type ScriptedUpstream, scriptedUpstream } from './scripted-upstream.js';

/** A cache and the registry that it fetches from; others in each test. */
export interface ServedCache {
  readonly upstream: ScriptedUpstream;
  readonly folder: string;
  readonly layout: Layout;
  readonly server: RegistryServer;
  /** Starts the cache, or starts it again on the same folder. */
  start(options?: Partial<RegistryServerOptions>): Promise<void>;
  repository(name?: string): Repository;
  /** Reads the errors that were logged since the last call. */
  errors(): string[];
  /** Reads a figure of the cache. */
  figure(name: string): Promise<number>;
}

/** Serves a cache in each test of a file, whose tags are looked up at each pull unless it is started otherwise. */
export function cacheInEachTest(): ServedCache {
  let folder = '';
  let log = new PassThrough();
  let server: RegistryServer | undefined;
  let upstream: ScriptedUpstream | undefined;
  const served: ServedCache = {
    get upstream() {
      if (upstream === undefined) throw new Error('no test is under way');
      return upstream;
    },
    get folder() {
      return folder;
    },
    get layout() {
      return new Layout(folder);
    },
    get server() {
      if (server === undefined) throw new Error('no test is under way');
      return server;
    },
    async start(options = {}) {
      await server?.close(0);
      log = new PassThrough();
      const proxy = { url: served.upstream.url, tagTtl: 0, ...options.proxy };
      server = await serveRegistry({ dir: folder, delete: true, gcGrace: 100, ...options, proxy, log });
    },
    repository: (name = 'team/app') => new Repository(served.server.url, name),
    errors: () => String(log.read() ?? '').match(/error .*/g) ?? [],
    async figure(name) {
      const { body } = await served.repository().ask('GET', '/metrics');
      const line = body
        .toString()
        .split('\n')
        .find((each) => each.startsWith(`${name} `));
      return Number(line?.slice(name.length));
    },
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'provision-cache-'));
    upstream = await scriptedUpstream();
    await served.start();
  });
  afterEach(async () => {
    await server?.close(0);
    server = undefined;
    await upstream?.close();
    rmSync(folder, { recursive: true });
  });
  return served;
}
