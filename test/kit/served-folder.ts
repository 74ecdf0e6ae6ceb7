import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import { type RegistryServer, type RegistryServerOptions, serveRegistry } from '../../src/registry/server/serve.js';
import { Layout } from '../../src/registry/server/storage/layout.js';

/** A folder that the embedded registry serves; another in each test. */
export interface ServedFolder {
  readonly folder: string;
  readonly layout: Layout;
  readonly server: RegistryServer;
  /** Reads the errors that were logged since the last call. */
  errors(): string[];
}

/** Serves a new folder in each test of a file, with deletes allowed. */
export function serveEachTest(options: Omit<RegistryServerOptions, 'dir' | 'log'> = {}): ServedFolder {
  let folder = '';
  let log: PassThrough | undefined;
  let server: RegistryServer | undefined;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'provision-served-'));
    log = new PassThrough();
    server = await serveRegistry({ dir: folder, delete: true, ...options, log });
  });
  afterEach(async () => {
    await server?.close(0);
    rmSync(folder, { recursive: true });
  });
  return {
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
    errors: () => String(log?.read() ?? '').match(/error .*/g) ?? [],
  };
}
