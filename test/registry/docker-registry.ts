import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dockerRegistryEnvironment, freePort } from './proxy/start-registry.js';

export interface DockerRegistryOptions {
  readonly readOnly?: boolean;
  /** Default true. */
  readonly deleteEnabled?: boolean;
  readonly htpasswd?: string;
  /** Remember in memory where blobs are, as Debian's own configuration tells it to. Default false: others write to the folder. */
  readonly descriptorCache?: boolean;
  /** Address to listen on; default: a free port of loopback. */
  readonly host?: string;
  /** Token server that it trusts (`auth.token`). */
  readonly token?: {
    readonly realm: string;
    readonly service: string;
    readonly issuer: string;
    readonly rootcertbundle: string;
  };
  /** Endpoint that is told of pushes, pulls and deletes. */
  readonly notifications?: { readonly url: string; readonly headers: Readonly<Record<string, readonly string[]>> };
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    /** Authorities that clients need a certificate of; default: they need none. */
    readonly clientCa?: string;
  };
}

export interface DockerRegistry {
  readonly url: string;
  readonly host: string;
  readonly folder: string;
  /** Of its configuration, for its other commands. */
  readonly config: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry on a free port of loopback over a folder, which stays when it is stopped. */
export async function dockerRegistry(folder: string, options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'provision-docker-registry-'));
  const host = options.host ?? `127.0.0.1:${await freePort()}`;
  const config = join(home, 'config.yml');
  const {
    readOnly = false,
    deleteEnabled = true,
    descriptorCache = false,
    htpasswd,
    token,
    tls,
    notifications,
  } = options;
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: folder },
        ...(descriptorCache ? { cache: { blobdescriptor: 'inmemory' } } : {}),
        delete: { enabled: deleteEnabled },
        maintenance: { readonly: { enabled: readOnly } },
      },
      http: {
        addr: host,
        secret: 'of a test',
        ...(tls === undefined
          ? {}
          : {
              tls: {
                certificate: tls.cert,
                key: tls.key,
                ...(tls.clientCa === undefined ? {} : { clientcas: [tls.clientCa] }),
              },
            }),
      },
      ...(token === undefined ? {} : { auth: { token } }),
      ...(notifications === undefined
        ? {}
        : {
            notifications: {
              endpoints: [
                {
                  name: 'service',
                  ...notifications,
                  timeout: '5s',
                  threshold: 5,
                  backoff: '1s',
                  ignoredmediatypes: ['application/octet-stream'],
                },
              ],
            },
          }),
      ...(htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: htpasswd } } }),
    }),
  );
  const child = spawn('docker-registry', ['serve', config], {
    stdio: 'ignore',
    env: dockerRegistryEnvironment(),
  });
  const url = `${tls === undefined ? 'http' : 'https'}://${host}`;
  const stop = async () => {
    await ended(child);
    await rm(home, { recursive: true });
  };
  try {
    await answers(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, host, folder, config, pid: child.pid ?? 0, stop };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  // A moment on a quiet machine, many on a busy one.
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    if (await listens(url)) return;
    await pause(25);
  }
  throw new Error(`docker-registry doesn't answer at ${url}`);
}

async function listens(url: string): Promise<boolean> {
  if (url.startsWith('http:')) return (await fetch(`${url}/v2/`).catch(() => undefined)) !== undefined; // Not yet.
  return await new Promise((resolve) => {
    get(`${url}/v2/`, { rejectUnauthorized: false }, (response) => resolve(response.resume() !== undefined)).on(
      'error',
      (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'), // Else it listens, and wants a certificate.
    );
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}
