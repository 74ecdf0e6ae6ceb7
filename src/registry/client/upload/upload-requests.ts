import type { Readable } from 'node:stream';
import type { Digest } from '../../digest.js';
import { RegistryError } from '../../registry-error.js';
import type { BlobName } from '../../source.js';
import type { ClientContext } from '../client-context.js';
import { anySuccess } from '../exchange.js';
import { requireRepository, uploadsPath } from '../paths.js';
import type { UploadLocation } from '../registry.js';
import { pushScope } from '../tokens/scopes.js';
import { readAddressWithin } from '../wire/given-address.js';
import { discard } from '../wire/read-text.js';
import type { WireAnswer } from '../wire/send-request.js';
import { partBody } from './part-body.js';

/** Part of a blob that one request sends. */
export interface UploadPart {
  readonly repository: string;
  readonly session: UploadLocation;
  readonly blob: BlobName;
  /** First byte, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** True: the blob ends here. */
  readonly closing: boolean;
  readonly attempt: string;
}

/** Milliseconds that a registry may take to hash and file a blob after its last byte. */
const filing = 600_000;

/** Makes the single requests of an upload (distribution-spec, "Pushing blobs"). Nothing is retried here but what is safe. */
export function uploadRequests({ host, exchange, capabilities, limits, signal, bytes, bandwidth }: ClientContext) {
  /** Returns the address of an upload's next request: Location may be relative, and holds what the server needs (end-4a). */
  function locationIn(answer: WireAnswer, attempt: string, before?: UploadLocation): UploadLocation {
    const { location } = answer.headers;
    if (location === undefined && before !== undefined) return before;
    if (location === undefined)
      throw new RegistryError('protocol', `could not ${attempt}: the answer has no Location for the next request`);
    const given = readAddressWithin(location, answer.url, exchange.origin);
    const least = Number(answer.headers['oci-chunk-min-length'] ?? before?.leastPart ?? 0);
    if ('url' in given)
      return { location: given.url.href, ...(least > 0 && Number.isSafeInteger(least) ? { leastPart: least } : {}) };
    throw new RegistryError('protocol', `could not ${attempt}: its Location ${given.refusal}`, {
      hint: 'let the proxy before the registry pass Host and X-Forwarded-Proto on, or set http.relativeurls (http.host) in its configuration: it does not know its own address',
      final: true,
    });
  }

  const countSent = (count: number) => {
    bytes.sent += count;
  };

  return {
    locationIn,

    async begin(repository: string, attempt: string): Promise<UploadLocation> {
      const answer = await exchange.send({
        method: 'POST',
        target: uploadsPath(repository),
        headers: { 'content-length': '0' },
        scopes: pushScope(repository),
        expect: anySuccess,
        attempt,
        signal,
      });
      discard(answer.body);
      return locationIn(answer, attempt);
    },

    /** Sends a part of a blob to the address of its upload. */
    sendPart(part: UploadPart, content: (from: number) => Promise<Readable>): Promise<WireAnswer> {
      const { repository, session, blob, from, to, closing, attempt } = part;
      const target = closing ? closingAddress(session, blob.digest) : session.location;
      const length = to - from;
      return exchange.send({
        method: closing ? 'PUT' : 'PATCH',
        target,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(length),
          ...(closing && from === 0 ? {} : { 'content-range': `${from}-${to - 1}` }),
        },
        body: async () =>
          partBody(length === 0 ? Buffer.alloc(0) : await content(from), {
            length,
            attempt,
            limits,
            countSent,
            bandwidth: bandwidth.sent,
          }),
        scopes: pushScope(repository),
        expect: [...anySuccess, 413, 416],
        attempt,
        signal,
        tries: 1,
        repeatable: false,
        patience: filing,
      });
    },

    /** Asks how many bytes of an upload have arrived (end-13); undefined where the server can't tell. */
    async progress(session: UploadLocation, repository: string, attempt: string) {
      if (capabilities.chunkResume === false) return undefined;
      const answer = await exchange.send({
        method: 'GET',
        target: session.location,
        scopes: pushScope(repository),
        expect: [...anySuccess, 400, 404, 405, 416],
        attempt,
        signal,
        tries: 2,
      });
      discard(answer.body);
      if (answer.status >= 300) capabilities.chunkResume = false;
      const from = answer.status >= 300 ? undefined : arrivedIn(answer);
      return from === undefined ? undefined : { from, session: locationIn(answer, attempt, session) };
    },

    /** Mounts a blob of another repository (end-11). */
    async mount(repository: string, digest: Digest, source: string): Promise<true | UploadLocation | undefined> {
      if (capabilities.mount === false) return undefined;
      const attempt = `mount blob ${digest} of ${source} into ${host}/${repository}`;
      const query = new URLSearchParams({ mount: digest, from: requireRepository(source) });
      const answer = await exchange.send({
        method: 'POST',
        target: `${uploadsPath(repository)}?${query}`,
        headers: { 'content-length': '0' },
        scopes: [
          ...pushScope(repository),
          ...(source === repository ? [] : [{ repository: source, actions: ['pull' as const] }]),
        ],
        expect: [201, 202],
        attempt,
        signal,
      });
      discard(answer.body);
      return answer.status === 201 ? true : locationIn(answer, attempt);
    },

    /** Cancels an upload (end-14). */
    async cancel({ location }: UploadLocation): Promise<void> {
      const answer = await exchange.send({
        method: 'DELETE',
        target: location,
        scopes: [],
        expect: [200, 202, 204, 404, 405],
        attempt: `cancel an upload at ${host}`,
        signal,
        tries: 1,
      });
      discard(answer.body);
    },
  };
}

/**
 * Returns the address of the request that ends an upload. What the server gave stays as it wrote it: it may be signed.
 */
export function closingAddress({ location }: UploadLocation, digest: Digest): URL {
  const url = new URL(location);
  url.search += `${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
  return url;
}

const rangeShape = /^\s*(?:bytes\b\s*[:=]?)?\s*(\d+)\s*-\s*(\d+)\s*(?:\/\s*(?:\*|\d+)\s*)?(?:,.*)?$/i;

/**
 * Returns the bytes of an upload that have arrived; undefined where `0-0` stands for none and for one byte alike. Range
 * is `0-99` by the specification; servers were seen to write it as in Content-Range, or of the last part alone.
 * @param from first byte of the last part
 */
export function arrivedIn({ headers }: WireAnswer, from = 0): number | undefined {
  const [, start, end] = rangeShape.exec(String(headers.range ?? '')) ?? [];
  if (start === undefined || (Number(start) !== 0 && Number(start) !== from)) return undefined;
  return Number(end) === 0 ? undefined : Number(end) + 1;
}
