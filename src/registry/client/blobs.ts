import type { Readable } from 'node:stream';
import type { Digest } from '../digest.js';
import { RegistryError } from '../registry-error.js';
import type { ClientContext } from './client-context.js';
import { doubtfulHeads } from './manifests/heads.js';
import { blobPath } from './paths.js';
import type { DownloadClient, Registry } from './registry.js';
import { skipBytes } from './skip-bytes.js';
import { pullScope } from './tokens/scopes.js';
import { verifiedBody } from './verified-body.js';
import { decodeStream } from './wire/decode-body.js';
import { discard } from './wire/read-text.js';
import type { WireAnswer } from './wire/send-request.js';

/** Makes the part of a registry's client that looks for blobs and downloads them. */
export function blobClient({
  host,
  exchange,
  limits,
  signal,
  bytes,
  bandwidth,
}: ClientContext): Pick<Registry, 'blob' | 'blobPart' | 'hasBlob'> & DownloadClient {
  function askBlob(repository: string, digest: Digest, from: number, to?: number): Promise<WireAnswer> {
    return exchange.send({
      method: 'GET',
      target: blobPath(repository, digest),
      headers: from > 0 || to !== undefined ? { range: `bytes=${from}-${to ?? ''}` } : {},
      scopes: pullScope(repository),
      expect: [200, 206],
      attempt: `download blob ${digest} of ${host}/${repository}`,
      signal,
    });
  }

  /** @param size bytes of the blob; undefined where they are not known */
  async function openBlob(
    repository: string,
    digest: Digest,
    from: number,
    { to, size }: { readonly to?: number; readonly size?: number } = {},
  ): Promise<Readable> {
    const answer = await askBlob(repository, digest, from, to);
    const isAsStored = Number(answer.headers['content-length'] ?? -1) === size; // Whatever encoding it names.
    if (to === undefined && !isAsStored && (from === 0 || answer.status === 200)) {
      const decoded = decodeStream(answer.body, answer.headers);
      if (decoded !== undefined) return skipBytes(decoded, from);
    }
    const whole = answer.status === 200 ? Number(answer.headers['content-length'] ?? -1) : -1;
    if (size !== undefined && size >= 0 && whole >= 0 && whole !== size) {
      answer.body.destroy();
      throw new RegistryError(
        'corrupt',
        `could not download blob ${digest} of ${host}/${repository}: it has ${whole} bytes there, not ${size}`,
      );
    }
    if (from === 0 || answer.status === 206) {
      const start = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1];
      if (answer.status === 206 && start !== undefined && Number(start) !== from) {
        answer.body.destroy();
        throw new RegistryError('protocol', `${host} answered with another part of blob ${digest} than was requested`);
      }
      return answer.body;
    }
    return skipBytes(answer.body, from); // A server that doesn't know Range sends all of it.
  }

  async function blobSize(repository: string, digest: Digest): Promise<number | undefined> {
    const answer = await exchange.send({
      method: 'HEAD',
      target: blobPath(repository, digest),
      scopes: pullScope(repository),
      expect: [200, 404, ...doubtfulHeads],
      attempt: `look for blob ${digest} of ${host}/${repository}`,
      signal,
    });
    discard(answer.body);
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return lengthOf(answer);
    try {
      const part = await askBlob(repository, digest, 0, 0);
      part.body.destroy();
      const total = /\/(\d+)$/.exec(part.headers['content-range'] ?? '')?.[1];
      return part.status === 200 ? lengthOf(part) : Number(total ?? -1);
    } catch (error) {
      if (error instanceof RegistryError && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  const bodyOptions = (repository: string, digest: Digest) => ({
    attempt: `download blob ${digest} of ${host}/${repository}`,
    limits,
    received(count: number) {
      bytes.received += count;
      return bandwidth.received?.take(count, signal);
    },
  });

  return {
    blobPart: (repository, digest, from, to) => openBlob(repository, digest, from, to === undefined ? {} : { to }),
    async blob(repository, blob) {
      const open = (from: number) => openBlob(repository, blob.digest, from, blob);
      return verifiedBody(open, blob, bodyOptions(repository, blob.digest));
    },
    async download(repository, digest) {
      const answer = await askBlob(repository, digest, 0);
      const size = answer.headers['content-encoding'] === undefined ? lengthOf(answer) : -1;
      let begun: Readable | undefined = answer.body;
      // One that breaks off before anybody reads it has its error for who does.
      const open = async (from: number) => {
        const body = begun;
        begun = undefined;
        return body ?? (await openBlob(repository, digest, from));
      };
      return { size, body: verifiedBody(open, { digest, size }, bodyOptions(repository, digest)) };
    },
    blobSize,
    hasBlob: async (repository, digest) => (await blobSize(repository, digest)) !== undefined,
  };
}

/** Returns the bytes that an answer announces; -1 where it doesn't. */
function lengthOf({ headers }: WireAnswer): number {
  const length = Number(headers['content-length'] ?? -1);
  return Number.isSafeInteger(length) ? length : -1;
}
