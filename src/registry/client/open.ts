import type { Readable } from 'node:stream';
import { algorithmOf, type Digest, digestOf, isDigest } from '../digest.js';
import { type Descriptor, type RawManifest, rawManifest, readManifest } from '../manifest.js';
import { acceptManifests, isIndexType } from '../media-types.js';
import { RegistryError } from '../registry-error.js';
import type { Found } from '../source.js';
import { Authorizer } from './authorizer.js';
import { Exchange } from './exchange.js';
import { Limiter, type LimiterOptions } from './limiter.js';
import { listing, listingPage } from './listing.js';
import { passOver } from './pass-over.js';
import type { Capabilities, Credentials, Registry, RegistryTrust, UploadSession } from './registry.js';
import type { Scope } from './scopes.js';
import { Tokens } from './tokens.js';
import { uploader } from './upload.js';
import { defaultLimits, type TransferLimits, verifiedBody } from './verified-body.js';
import { type Dial, openWire } from './wire.js';

export interface RegistryOptions {
  /** `host[:port]`, as in references; `docker.io` is reached at registry-1.docker.io. */
  readonly host: string;
  /** Default: https with the system's authorities; plain http on loopback. */
  readonly trust?: Partial<RegistryTrust>;
  readonly credentials?: (repository: string | undefined) => Promise<Credentials | undefined>;
  readonly dial?: Dial;
  readonly limiter?: LimiterOptions;
  readonly limits?: Partial<TransferLimits>;
  /** Bytes an upload sends in one request at most; default: all of a blob, and 32 MiB once a proxy has refused that (413). */
  readonly chunkSize?: number;
  readonly signal?: AbortSignal;
  /** Attempts at a request when the connection is lost or the server fails; default 5. */
  readonly tries?: number;
}

/** Registry that also says which leave its next requests will need, so that one token serves them all. */
export interface OpenedRegistry extends Registry {
  expect(scopes: Iterable<Scope>): void;
  /** What another process needs to make a request of its own: where to, and what proves who asks. */
  errand(target: string | URL, scopes: readonly Scope[]): Promise<{ url: string; authorization: string | undefined }>;
  /** end-4a */
  beginUpload(repository: string): Promise<UploadSession>;
  /** Another process brought so many bytes there. */
  moved(bytes: number): void;
}

/** Manifests are small; the specification asks registries to take 4 MiB. */
const mostManifest = 16 << 20;

/** The client of a registry. Nothing is contacted before the first request. */
export function openRegistry(options: RegistryOptions): OpenedRegistry {
  const { host, credentials = async () => undefined, signal } = options;
  const trust = trustOf(host, options.trust);
  const limits = { ...defaultLimits, ...options.limits };
  const origin = new URL(`${trust.scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}`);
  const wire = openWire(trust, options.dial);
  const tokens = new Tokens(wire, host, credentials);
  const authorizer = new Authorizer(origin, tokens, credentials);
  const exchange = new Exchange(origin, wire, authorizer, new Limiter(options.limiter), options.tries);
  const capabilities: Capabilities = {
    tagDelete: undefined,
    referrers: undefined,
    chunkResume: undefined,
    mount: undefined,
    sparseIndex: undefined,
    pageSize: 1000,
  };
  const bytes = { received: 0, sent: 0 };
  const pull = (repository: string): Scope[] => [{ repository, actions: ['pull'] }];
  const push = (repository: string): Scope[] => [{ repository, actions: ['pull', 'push'] }];
  const erase = (repository: string): Scope[] => [{ repository, actions: ['pull', 'delete'] }];
  const named = (repository: string, reference: string) =>
    `${host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;

  async function manifest(repository: string, reference: string): Promise<RawManifest | undefined> {
    const attempt = `read the manifest of ${named(repository, reference)}`;
    for (let failures = 0; ; failures += 1) {
      const ask = {
        method: 'GET',
        target: `/v2/${repository}/manifests/${reference}`,
        headers: { accept: acceptManifests },
        scopes: pull(repository),
        expect: [200, 404],
        attempt,
        signal,
      } as const;
      const { answer, bytes: raw } = await exchange.read(ask, mostManifest);
      if (answer.status === 404) return undefined;
      bytes.received += raw.length;
      const found = rawManifest(raw, answer.headers['content-type']);
      const promised = isDigest(reference) ? reference : headerDigest(answer.headers['docker-content-digest']);
      if (promised === undefined || promised === found.digest) return found;
      const actual = digestOf(raw, promised.startsWith('sha512:') ? 'sha512' : 'sha256');
      if (actual === promised) return { ...found, digest: promised };
      if (failures >= 2) {
        throw new RegistryError(
          'corrupt',
          `could not ${attempt}: its bytes have the digest ${found.digest}, not ${promised}`,
        );
      }
    }
  }

  async function referrersByApi(repository: string, digest: Digest): Promise<Descriptor[] | undefined> {
    if (capabilities.referrers === false) return undefined;
    const attempt = `list the referrers of ${named(repository, digest)}`;
    const ask = {
      method: 'GET',
      target: `/v2/${repository}/referrers/${digest}`,
      headers: { accept: acceptManifests },
      scopes: pull(repository),
      expect: [200, 400, 404, 405],
      attempt,
      signal,
    } as const;
    const { answer, bytes: text } = await exchange.read(ask, mostManifest);
    const type = answer.headers['content-type'] ?? '';
    if (answer.status !== 200 || !isIndexType(type.split(';')[0] ?? '')) {
      capabilities.referrers = false;
      return undefined;
    }
    capabilities.referrers = true;
    const index = readManifest(rawManifest(text, type), attempt);
    return index.kind === 'index' ? [...index.manifests] : [];
  }

  async function head(repository: string, reference: string): Promise<Found | undefined> {
    const answer = await exchange.send({
      method: 'HEAD',
      target: `/v2/${repository}/manifests/${reference}`,
      headers: { accept: acceptManifests },
      scopes: pull(repository),
      expect: [200, 404],
      attempt: `look for ${named(repository, reference)}`,
      signal,
    });
    answer.body.resume();
    if (answer.status === 404) return undefined;
    const digest = headerDigest(answer.headers['docker-content-digest']);
    if (digest === undefined) {
      const raw = await manifest(repository, reference); // Some old servers don't tell: then its bytes do.
      return raw === undefined ? undefined : { digest: raw.digest, mediaType: raw.mediaType, size: raw.bytes.length };
    }
    const size = Number(answer.headers['content-length'] ?? -1);
    return { digest, mediaType: (answer.headers['content-type'] ?? '').split(';')[0] ?? '', size };
  }

  async function openBlob(repository: string, digest: Digest, from: number, to?: number): Promise<Readable> {
    const answer = await exchange.send({
      method: 'GET',
      target: `/v2/${repository}/blobs/${digest}`,
      headers: from > 0 || to !== undefined ? { range: `bytes=${from}-${to ?? ''}` } : {},
      scopes: pull(repository),
      expect: [200, 206],
      attempt: `download blob ${digest} of ${host}/${repository}`,
      signal,
    });
    if (from === 0 || answer.status === 206) {
      const start = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1];
      if (answer.status === 206 && start !== undefined && Number(start) !== from) {
        answer.body.destroy();
        throw new RegistryError('protocol', `${host} answered with another part of blob ${digest} than was asked for`);
      }
      return answer.body;
    }
    return passOver(answer.body, from); // A server that doesn't know Range sends all of it.
  }

  const upload = uploader({
    host,
    exchange,
    capabilities,
    limits,
    signal,
    push,
    chunkSize: options.chunkSize,
    sent: (count) => {
      bytes.sent += count;
    },
  });

  return {
    name: host,
    host,
    capabilities,
    get traffic() {
      return { requests: exchange.count + tokens.requests, ...bytes };
    },
    expect: (scopes) => tokens.expect(scopes),
    async errand(target, scopes) {
      const url = new URL(target, origin);
      const authorization = url.origin === origin.origin ? await authorizer.header(scopes) : undefined;
      return { url: url.href, authorization };
    },
    moved(count) {
      bytes.sent += count;
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
      answer.body.resume();
    },
    head,
    manifest,
    async blob(repository, blob) {
      return verifiedBody((from) => openBlob(repository, blob.digest, from), blob, {
        attempt: `download blob ${blob.digest} of ${host}/${repository}`,
        limits,
        received(count) {
          bytes.received += count;
        },
      });
    },
    blobPart: openBlob,
    tags: (repository) =>
      listing({
        exchange,
        capabilities,
        signal,
        path: `/v2/${repository}/tags/list`,
        key: 'tags',
        scopes: pull(repository),
        attempt: `list the tags of ${host}/${repository}`,
      }),
    tagsPage: (repository) =>
      listingPage({
        exchange,
        capabilities,
        signal,
        path: `/v2/${repository}/tags/list`,
        key: 'tags',
        scopes: pull(repository),
        attempt: `list the tags of ${host}/${repository}`,
      }).then((page) => (page === undefined ? undefined : { tags: page.names, complete: page.complete })),
    repositories: () =>
      listing({
        exchange,
        capabilities,
        signal,
        path: '/v2/_catalog',
        key: 'repositories',
        scopes: ['catalog'],
        attempt: `list the repositories of ${host}`,
      }),
    catalogPage: () =>
      listingPage({
        exchange,
        capabilities,
        signal,
        path: '/v2/_catalog',
        key: 'repositories',
        scopes: ['catalog'],
        attempt: `list the repositories of ${host}`,
      }).catch((error: unknown) => {
        if (error instanceof RegistryError && error.kind !== 'interrupted') return undefined; // Many registries keep their catalogue to themselves.
        throw error;
      }),
    referrersByApi,
    async referrers(repository, digest) {
      const byApi = await referrersByApi(repository, digest);
      if (byApi !== undefined) return byApi;
      const raw = await manifest(repository, digest.replace(':', '-')); // distribution-spec, "Unavailable Referrers API"
      if (raw === undefined) return [];
      const index = readManifest(raw, named(repository, digest.replace(':', '-')));
      return index.kind === 'index' ? [...index.manifests] : [];
    },
    async hasBlob(repository, digest) {
      const answer = await exchange.send({
        method: 'HEAD',
        target: `/v2/${repository}/blobs/${digest}`,
        scopes: pull(repository),
        expect: [200, 404],
        attempt: `look for blob ${digest} of ${host}/${repository}`,
        signal,
      });
      answer.body.resume();
      return answer.status === 200;
    },
    ...upload,
    async putManifest(repository, reference, { bytes: content, mediaType }) {
      const attempt = `write the manifest of ${named(repository, reference)}`;
      for (let tries = 1; ; tries += 1) {
        const answer = await exchange.send({
          method: 'PUT',
          target: `/v2/${repository}/manifests/${reference}`,
          headers: { 'content-type': mediaType, 'content-length': String(content.length) },
          body: async () => content,
          scopes: push(repository),
          expect: [200, 201, 202],
          attempt,
          signal,
        });
        answer.body.resume();
        bytes.sent += content.length;
        // Of a tag the registry can't know what it should lead to: its answer says what it took.
        const stored = headerDigest(answer.headers['docker-content-digest']);
        if (stored === undefined || stored === digestOf(content, algorithmOf(stored))) {
          return { subject: answer.headers['oci-subject'] !== undefined };
        }
        if (tries >= 3) {
          throw new RegistryError('corrupt', `could not ${attempt}: other bytes arrived, with the digest ${stored}`);
        }
      }
    },
    async deleteManifest(repository, digest) {
      const answer = await exchange.send({
        method: 'DELETE',
        target: `/v2/${repository}/manifests/${digest}`,
        scopes: erase(repository),
        expect: [200, 202],
        attempt: `delete ${named(repository, digest)}`,
        signal,
      });
      answer.body.resume();
    },
    async deleteTag(repository, tag) {
      if (capabilities.tagDelete === false) return false;
      const attempt = `delete the tag ${named(repository, tag)}`;
      const answer = await exchange.send({
        method: 'DELETE',
        target: `/v2/${repository}/manifests/${tag}`,
        scopes: erase(repository),
        expect: [200, 202, 400, 404, 405],
        attempt,
        signal,
      });
      answer.body.resume();
      if (answer.status === 404)
        throw new RegistryError('not-found', `could not ${attempt}: it is not there`, { status: 404 });
      if (answer.status === 405) throw readOnly(attempt);
      capabilities.tagDelete = answer.status !== 400;
      return capabilities.tagDelete;
    },
    async close() {
      wire.close();
    },
  };
}

function readOnly(attempt: string): RegistryError {
  return new RegistryError('read-only', `could not ${attempt}: the registry does not delete`, {
    status: 405,
    hint: 'set storage.delete.enabled in its configuration (REGISTRY_STORAGE_DELETE_ENABLED=true), and see that it is not read-only',
  });
}

function headerDigest(value: string | string[] | undefined): Digest | undefined {
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}

/**
 * How a registry is reached when nobody says: by https, and by plain http where it is this machine itself, as docker
 * does. It is a rule, not a second try: a registry that should speak https is never asked by http.
 */
export function trustOf(host: string, told: Partial<RegistryTrust> = {}): RegistryTrust {
  return { ...told, scheme: told.scheme ?? (isLoopback(host) ? 'http' : 'https') };
}

/** Whether a registry is on this machine itself, which docker trusts as it is. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name) || name === '[::1]';
}
