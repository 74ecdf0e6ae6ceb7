import { setMaxListeners } from 'node:events';
import { RegistryError } from '../registry-error.js';
import { bothDirections } from './bandwidth.js';
import { blobClient } from './blobs.js';
import type { ClientContext } from './client-context.js';
import { Exchange } from './exchange.js';
import { type ListingOptions, listNames, listNamesPage } from './listing/listing.js';
import { manifestClient } from './manifests/manifests.js';
import { requireHost, tagsPath } from './paths.js';
import type {
  Capabilities,
  DownloadClient,
  Registry,
  RegistryCredentials,
  RegistryTrust,
  UpkeepClient,
  UploadLocation,
} from './registry.js';
import { Authorizer } from './tokens/authorizer.js';
import { pullScope, type TokenScope } from './tokens/scopes.js';
import { Tokens } from './tokens/tokens.js';
import { trustOf } from './tokens/trust.js';
import { upkeepClient } from './upkeep.js';
import { uploadClient } from './upload/upload.js';
import { defaultLimits, type TransferLimits } from './verified-body.js';
import { Limiter, type LimiterOptions } from './wire/limiter.js';
import { discard } from './wire/read-text.js';
import { type Dial, openWire } from './wire/wire.js';

/** Options of {@link openRegistry}. */
export interface RegistryOptions {
  /** `host[:port]`, as in references; `docker.io` is reached at registry-1.docker.io. */
  readonly host: string;
  /** Default: https with the system's authorities; plain http on loopback. */
  readonly trust?: Partial<RegistryTrust>;
  readonly credentials?: (repository: string | undefined) => Promise<RegistryCredentials | undefined>;
  readonly dial?: Dial;
  /** Environment that names proxies (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), where `dial` is not given. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly limiter?: LimiterOptions;
  readonly limits?: Partial<TransferLimits>;
  /** Bytes a second at most, in each direction; default: no limit. */
  readonly bandwidth?: number | undefined;
  /** Requests of the registry's quota that are left to others; default 0. */
  readonly reserve?: number | undefined;
  /** Bytes an upload sends in one request at most; default: all of a blob, and 32 MiB once a proxy has refused that (413). */
  readonly chunkSize?: number;
  readonly signal?: AbortSignal;
  /** Attempts at a request when the connection is lost or the server fails; default 5. */
  readonly tries?: number;
  /** false: where the registry asks to wait (429), the request fails at once, with `retryAfter`. Default true. */
  readonly waits?: boolean | undefined;
  /** Milliseconds to wait for the head of an answer; default 60 000. */
  readonly patience?: number | undefined;
  /** Receives notices for the user: a quota is used up, names of a listing are left out. */
  readonly notice?: (line: string) => void;
}

/** Registry that takes the scopes of its next requests in advance, so that one token serves them all. */
export interface OpenedRegistry extends Registry, DownloadClient, UpkeepClient {
  expectScopes(scopes: Iterable<TokenScope>): void;
  /** Returns the address and the Authorization for a request that another process makes. */
  prepareRequest(
    target: string | URL,
    scopes: readonly TokenScope[],
  ): Promise<{ url: string; authorization: string | undefined }>;
  /** end-4a */
  beginUpload(repository: string): Promise<UploadLocation>;
  /** Adds bytes that another process sent to the registry. */
  countSent(bytes: number): void;
}

/** Makes the client of a registry. Nothing is contacted before the first request. */
export function openRegistry(options: RegistryOptions): OpenedRegistry {
  const { host, credentials = async () => undefined, signal } = options;
  if (signal !== undefined) setMaxListeners(0, signal); // Every request under way listens; Node warns of eleven.
  const trust = trustOf(host, options.trust);
  const limits = { ...defaultLimits, ...options.limits };
  const notice = options.notice ?? (() => {});
  const origin = new URL(`${trust.scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : requireHost(host)}`);
  const wire = openWire(trust, options.dial, options.env);
  const tokens = new Tokens(wire, host, credentials, signal, options.waits);
  const authorizer = new Authorizer(origin, tokens, credentials);
  const exchange = new Exchange(origin, wire, authorizer, new Limiter(options.limiter), {
    notice,
    ...(options.tries === undefined ? {} : { tries: options.tries }),
    ...(options.reserve === undefined ? {} : { reserve: options.reserve }),
    waits: options.waits,
    patience: options.patience,
  });
  const capabilities: Capabilities = {
    tagDelete: undefined,
    referrers: undefined,
    manifestHead: undefined,
    listed: false,
    chunkResume: undefined,
    mount: undefined,
    sparseIndex: undefined,
    pageSize: 1000,
  };
  const line: ClientContext = {
    host,
    exchange,
    capabilities,
    limits,
    signal,
    notice,
    bandwidth: bothDirections(options.bandwidth),
    bytes: { received: 0, sent: 0 },
  };
  const tagsOf = (repository: string): ListingOptions => ({
    exchange,
    capabilities,
    signal,
    notice,
    path: tagsPath(repository),
    key: 'tags',
    scopes: pullScope(repository),
    attempt: `list the tags of ${host}/${repository}`,
    title: `the tags of ${host}/${repository}`,
  });
  const catalog: ListingOptions = {
    exchange,
    capabilities,
    signal,
    notice,
    path: '/v2/_catalog',
    key: 'repositories',
    scopes: ['catalog'],
    attempt: `list the repositories of ${host}`,
    title: `the repositories of ${host}`,
  };

  return {
    name: host,
    host,
    capabilities,
    get traffic() {
      return { requests: exchange.count + tokens.requests, ...line.bytes };
    },
    expectScopes: (scopes) => tokens.expect(scopes),
    async prepareRequest(target, scopes) {
      const url = new URL(target, origin);
      const authorization = url.origin === origin.origin ? await authorizer.authorizationFor(scopes) : undefined;
      return { url: url.href, authorization };
    },
    countSent(count) {
      line.bytes.sent += count;
    },
    async ping() {
      const answer = await exchange.send({
        method: 'GET',
        target: '/v2/',
        scopes: [],
        expect: [200],
        attempt: `reach the registry ${host}`,
        signal,
      });
      discard(answer.body);
    },
    notice,
    ...manifestClient(line),
    ...blobClient(line),
    tags: async (repository) => listNames(tagsOf(repository)),
    async tagsPage(repository) {
      const page = await listNamesPage(tagsOf(repository));
      return page === undefined ? undefined : { tags: page.names, complete: page.complete };
    },
    repositories: () => listNames(catalog),
    catalogPage: () =>
      listNamesPage(catalog).catch((error: unknown) => {
        if (error instanceof RegistryError && error.kind !== 'interrupted') return undefined; // Many registries keep their catalogue to themselves.
        throw error;
      }),
    ...uploadClient(line, options.chunkSize),
    ...upkeepClient(line),
    async close() {
      wire.close();
    },
  };
}
