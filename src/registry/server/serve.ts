import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { usualGrace } from './gc/collect-folder.js';
import { recordUnusedTime } from './gc/unused-time.js';
import { Listener, logLine } from './listener.js';
import { type PullThroughOptions, usualTtl } from './pull-through/pull-through-options.js';
import type { PrefixQuota } from './quotas/counted-quota.js';
import type { QuotaFill } from './quotas/quotas.js';
import type { TagTest } from './rules/immutable-tags.js';
import {
  type ExtraOptions,
  extrasOf,
  type GateOptions,
  openGate,
  openUpkeepSocket,
  openUpstream,
  startNotifications,
} from './server-parts.js';
import { makeFolder } from './storage/files.js';
import { openStore, type Store } from './store.js';
import { type ServerTlsFiles, tlsServer } from './tls-server.js';
import { Turns } from './turns.js';
import { purgeUploads } from './uploads/purge-uploads.js';

export interface RegistryServerOptions extends GateOptions, ExtraOptions {
  /** Folder of the storage, laid out as docker-registry has it. It is made when it isn't there. */
  readonly dir: string;
  /** Address to listen on. Default `127.0.0.1`: whoever wants others to reach it says so. */
  readonly host?: string | undefined;
  /** Default 0: any that is free. */
  readonly port?: number | undefined;
  /** Refuse whatever writes (405). Default false. */
  readonly readOnly?: boolean | undefined;
  /** Let manifests, tags and blobs be deleted. Default false, as in docker-registry: a push can be repeated, a delete can't. */
  readonly delete?: boolean | undefined;
  /** Take indexes some of whose manifests are not there. Default false. */
  readonly sparseIndexes?: boolean | undefined;
  /** Tags that are neither moved nor deleted once they are there. Default: none. */
  readonly immutableTags?: TagTest | undefined;
  /** Bytes that the repositories of prefixes may have. Default: what the disk has. */
  readonly quotas?: readonly PrefixQuota[] | undefined;
  /** Is told when a quota becomes nearly full, full, or neither. */
  readonly quotaFilled?: ((fill: QuotaFill) => void) | undefined;
  /** Registry that is asked for what isn't here. Default: none. */
  readonly proxy?: PullThroughOptions | undefined;
  /** File of accounts (bcrypt); without one anybody may do all. A change in it counts at once. */
  readonly htpasswd?: string | undefined;
  /** Without them it speaks plain http. A change in them counts within seconds. */
  readonly tls?: ServerTlsFiles | undefined;
  /** Stream for a line a request. Default: none. */
  readonly log?: Writable | undefined;
  /** Stream for a line an error, where there is no `log`. Default: none. */
  readonly errorLog?: Writable | undefined;
  /** Path of the figures for Prometheus; default `/metrics`. Where there are accounts, it wants one too. */
  readonly metricsPath?: string | undefined;
  /** Seconds for which garbage stays after its last use: a push may take that long. Default: a day. */
  readonly gcGrace?: number | undefined;
  /** Seconds after which garbage is collected again. Default: only when it is asked for. */
  readonly gcEvery?: number | undefined;
  /** Seconds after the start before which it doesn't collect by itself. Default: a minute. */
  readonly gcSettling?: number | undefined;
  /** Also delete manifests that have no tag, and belong to none that has. Default false: they can be pulled by digest. */
  readonly gcDeleteUntagged?: boolean | undefined;
  /** Bytes a second at which content is checked against its digests, each day once. Default: it is not. */
  readonly scrubRate?: number | undefined;
  /** Bytes of a manifest at most. Default, and the least that can be set: 4 MiB (distribution-spec, "Pushing Manifests"). */
  readonly maxManifestSize?: number | undefined;
  /** Answers what is another's at this address, and returns true for it. Default: nothing is. */
  readonly others?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

export interface RegistryServer {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** `127.0.0.1:5000`, as in references. */
  readonly host: string;
  readonly port: number;
  /** Stops taking connections and lets requests under way end; after `deadline` milliseconds (default 10000) they are cut. */
  close(deadline?: number): Promise<void>;
}

const leastManifestSize = 4 << 20;
const hour = 3600_000;
const day = 24 * hour;

/** Starts the embedded registry (OCI distribution-spec 1.1) on a folder. @throws Error when it can't listen or read its files */
export async function serveRegistry(options: RegistryServerOptions): Promise<RegistryServer> {
  const { dir, host = '127.0.0.1', port = 0, readOnly = false, tls } = options;
  const errorLog = options.log ?? options.errorLog;
  const complain = (message: string) => void errorLog?.write(logLine(`error ${message}`));
  const [gate, extras] = [await openGate(options, complain), extrasOf(options)];
  const openCache = await openUpstream(options.proxy, complain);
  if (!readOnly) await makeFolder(resolve(dir));
  const rules = {
    readOnly,
    deletes: options.delete ?? false,
    sparseIndexes: options.sparseIndexes ?? false,
    grace: (options.gcGrace ?? usualGrace) * 1000,
    isImmutable: options.immutableTags ?? (() => false),
    maxManifestSize: Math.max(leastManifestSize, options.maxManifestSize ?? leastManifestSize),
  };
  const store = openStore(dir, rules, complain, options.quotas, unusedFor(options), options.quotaFilled);
  const upstream = openCache?.(store);
  const notifications = await startNotifications(options, complain);
  const listener = new Listener(store, gate, options.metricsPath ?? '/metrics', options.log, {
    ...extras,
    notifications,
    upstream,
  });
  const turns = new Turns();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (options.others?.(request, response) === true) return;
    turns.take(request.socket, () => listener.answer(request, response));
  };
  const { server, address } = await openServer(tls, answer, { host, port }, complain).catch(async (error: unknown) => {
    await Promise.all([notifications?.close(), upstream?.close()]);
    throw error;
  });
  const purging = readOnly ? undefined : purgeDaily(store, complain);
  if (options.scrubRate !== undefined) store.scrubber.schedule(options.scrubRate);
  const counting = options.quotas === undefined || readOnly ? undefined : countHourly(store, complain);
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${address.port}`;
  const url = `${tls === undefined ? 'http' : 'https'}://${authority}`;
  if (!readOnly) await beginUpkeep(store, url, options, listener);
  return {
    url,
    host: authority,
    port: address.port,
    close: async (deadline = 10_000) => {
      clearInterval(purging);
      clearInterval(counting);
      listener.closing = true;
      await Promise.all([store.collector.close(), store.scrubber.close()]);
      await closeServer(server, deadline);
      await store.removals.close();
      await upstream?.close();
      if (!readOnly) await store.presence.leave();
      await notifications?.close();
    },
  };
}

/** Returns the milliseconds after its last use in which what was fetched goes; undefined: it stays. */
function unusedFor({ proxy }: RegistryServerOptions): number | undefined {
  const seconds = proxy === undefined ? 0 : (proxy.ttl ?? usualTtl);
  return seconds === 0 ? undefined : seconds * 1000;
}

async function beginUpkeep(
  store: Store,
  url: string,
  options: RegistryServerOptions,
  listener: Listener,
): Promise<void> {
  const { presence, collector, complain } = store;
  const { tls, gcDeleteUntagged = false, gcSettling = 60 } = options;
  const gcEvery = options.gcEvery ?? (unusedFor(options) === undefined ? undefined : day / 1000);
  if (tls !== undefined) await openUpkeepSocket(store, listener, tls);
  try {
    await presence.announce(url);
    await recordUnusedTime(store.layout, unusedFor(options));
  } catch (error) {
    complain(`that this server is there can not be written into the folder: ${String(error)}`); // Nor can anything else.
  }
  if (gcEvery !== undefined) await collector.schedule(gcEvery * 1000, gcDeleteUntagged, gcSettling * 1000);
}

async function openServer(
  tls: ServerTlsFiles | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { host, port }: { readonly host: string; readonly port: number },
  complain: (message: string) => void,
): Promise<{ server: Server; address: AddressInfo }> {
  const server = await httpServer(tls, answer, complain);
  return { server, address: await listen(server, host, port) };
}

async function httpServer(
  tls: ServerTlsFiles | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  complain: (message: string) => void,
): Promise<Server> {
  // An upload may take hours: it is idle connections that are ended, not long requests.
  const common = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 90_000, noDelay: true };
  const server = tls === undefined ? createServer(common, answer) : await tlsServer(tls, common, answer, complain);
  server.setTimeout(300_000);
  server.maxRequestsPerSocket = 0;
  return server;
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server without a port');
  return address;
}

async function closeServer(server: Server, deadline: number): Promise<void> {
  const over = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), deadline);
  await over;
  clearTimeout(timer);
}

function purgeDaily({ layout }: Store, complain: (message: string) => void): NodeJS.Timeout {
  const purge = async () => {
    try {
      await purgeUploads(layout, Date.now(), complain);
    } catch (error) {
      complain(`old uploads could not be removed: ${String(error)}`); // The next day tries again.
    }
  };
  void purge();
  return setInterval(() => void purge(), day).unref();
}

/** Counts what quotas are about, now and each hour: others may write to the folder. */
function countHourly({ quotas }: Store, complain: (message: string) => void): NodeJS.Timeout {
  const count = async () => {
    try {
      await quotas.recount();
    } catch (error) {
      complain(`what the quotas are about could not be counted: ${String(error)}`); // The next push or hour tries again.
    }
  };
  void count();
  return setInterval(() => void count(), hour).unref();
}
