import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../../registry-error.js';
import type { BlobName } from '../../source.js';
import type { ClientContext } from '../client-context.js';
import type { Registry, UploadLocation } from '../registry.js';
import { discard } from '../wire/read-text.js';
import { backOff } from '../wire/retry-delay.js';
import { uploadRequests } from './upload-requests.js';

/** Bytes of a chunk where a proxy in front of the registry refuses whole blobs. */
const fallbackChunk = 32 << 20;
/** Attempts at a blob. */
const mostTries = 5;

/** Makes the part of a registry's client that uploads blobs. */
export function uploadClient(
  context: ClientContext,
  chunkSize: number | undefined,
): Pick<Registry, 'mount' | 'putBlob' | 'cancelUpload'> & {
  beginUpload(repository: string): Promise<UploadLocation>;
} {
  const { host, signal } = context;
  const requests = uploadRequests(context);
  let chunk = chunkSize;

  /** Asks for an upload's progress; undefined where that fails: then the blob is sent from its first byte. */
  async function tryProgress(session: UploadLocation | undefined, repository: string, attempt: string) {
    if (session === undefined) return undefined;
    try {
      return await requests.progress(session, repository, attempt);
    } catch (error) {
      if (error instanceof RegistryError && error.kind !== 'interrupted') return undefined;
      throw error;
    }
  }

  async function putBlob(
    repository: string,
    blob: BlobName,
    content: (from: number) => Promise<Readable>,
    options: { readonly session?: UploadLocation | undefined; readonly chunkSize?: number | undefined } = {},
  ): Promise<void> {
    const attempt = `upload blob ${blob.digest} to ${host}/${repository}`;
    let { session, chunkSize: ownChunk } = options;
    let from = 0;
    for (let tries = 1; ; tries += 1) {
      try {
        session ??= await requests.begin(repository, attempt);
        const size = ownChunk ?? chunk ?? Number.POSITIVE_INFINITY;
        while (blob.size - from > size) {
          const part = { repository, session, blob, from, to: from + size, closing: false, attempt };
          const answer = await requests.sendPart(part, content);
          discard(answer.body);
          if (answer.status !== 202) throw new RefusedPart(answer.status);
          session = requests.locationIn(answer, attempt, session);
          from = part.to;
        }
        const last = { repository, session, blob, from, to: blob.size, closing: true, attempt };
        const answer = await requests.sendPart(last, content);
        discard(answer.body);
        if (answer.status === 413) throw new RefusedPart(413);
        return;
      } catch (error) {
        if (signal?.aborted || tries >= mostTries || isFinal(error)) {
          if (error instanceof RefusedPart) throw tooLarge(attempt, error.status);
          throw error;
        }
        if (error instanceof RefusedPart) {
          if (error.status === 413 && session !== undefined) {
            const now = ownChunk ?? chunk ?? Number.POSITIVE_INFINITY;
            if (now <= 1 << 20) throw tooLarge(attempt, 413);
            chunk = Math.min(fallbackChunk, Math.max(1 << 20, Math.floor(now / 2)));
            ownChunk = undefined;
          }
        } else await sleep(backOff(tries));
        const isResumable = !(error instanceof RefusedPart) || error.status === 416;
        const reached = isResumable ? await tryProgress(session, repository, attempt) : undefined;
        const isWithin = reached !== undefined && reached.from <= blob.size;
        session = isWithin ? reached.session : undefined;
        from = isWithin ? reached.from : 0;
      }
    }
  }

  return {
    putBlob,
    beginUpload: (repository) => requests.begin(repository, `begin an upload to ${host}/${repository}`),
    mount: requests.mount,
    cancelUpload: requests.cancel,
  };
}

/** The server took the request and refused the bytes. */
class RefusedPart extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}

function tooLarge(attempt: string, status: number): RegistryError {
  return new RegistryError('protocol', `could not ${attempt}: it is refused as too large (${status})`, {
    status,
    hint: 'raise the limit that a proxy before the registry sets for a request, or set a smaller chunk size',
  });
}

/** Returns true for an error that the same request would meet again. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  if (error.final) return true;
  switch (error.kind) {
    case 'unauthorized':
    case 'denied':
    case 'read-only':
    case 'tls':
    case 'interrupted':
    case 'input':
      return true;
    case 'corrupt':
      return error.status === undefined; // The source's bytes were wrong; a registry's DIGEST_INVALID may be the line's doing.
    default:
      return false;
  }
}
