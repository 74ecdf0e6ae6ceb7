import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../../registry-error.js';
import type { BlobName } from '../../source.js';
import type { ClientContext } from '../client-context.js';
import type { Registry, UploadLocation } from '../registry.js';
import { discard } from '../wire/read-text.js';
import { backOff } from '../wire/retry-delay.js';
import type { WireAnswer } from '../wire/send-request.js';
import { RefusedPart, refusalError, refusedPart, smallerPart } from './refused-part.js';
import { arrivedIn, type UploadPart, uploadRequests } from './upload-requests.js';

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
    for (let tries = 1; ; ) {
      try {
        session ??= await requests.begin(repository, attempt);
        while (blob.size - from > partSize(session, ownChunk)) {
          const to = from + partSize(session, ownChunk);
          const part = { repository, session, blob, from, to, closing: false, attempt };
          const answer = await send(part, content);
          session = requests.locationIn(answer, attempt, session);
          from = nextByte(part, arrivedIn(answer, from));
        }
        await send({ repository, session, blob, from, to: blob.size, closing: true, attempt }, content);
        return;
      } catch (error) {
        const least = session?.leastPart ?? 0;
        if (signal?.aborted || isFinal(error, session)) throw error;
        let reached: Awaited<ReturnType<typeof tryProgress>>;
        if (error instanceof RefusedPart) {
          if (error.status === 416) reached = await tryProgress(session, repository, attempt);
          if (error.status === 413 || from === 0 || reached?.from === from) {
            const next = smallerPart(error, least); // Another size is no other try.
            if (next === undefined) throw refusalError(attempt, error, least);
            chunk = Math.min(chunk ?? next, next);
            ownChunk = undefined;
          } else if (tries >= mostTries) throw refusalError(attempt, error, least);
          else tries += 1;
        } else {
          if (tries >= mostTries) throw error;
          await sleep(backOff(tries));
          tries += 1;
          reached = await tryProgress(session, repository, attempt);
        }
        const resumed = reached !== undefined && reached.from <= blob.size ? reached : undefined;
        session = resumed?.session;
        from = resumed?.from ?? 0;
      }
    }
  }

  function partSize({ leastPart = 0 }: UploadLocation, ownChunk: number | undefined): number {
    return Math.max(leastPart, ownChunk ?? chunk ?? Number.POSITIVE_INFINITY);
  }

  async function send(part: UploadPart, content: (from: number) => Promise<Readable>): Promise<WireAnswer> {
    const answer = await requests.sendPart(part, content);
    if (answer.status >= 300) throw await refusedPart(answer, part.to - part.from);
    discard(answer.body);
    return answer;
  }

  return {
    putBlob,
    beginUpload: (repository) => requests.begin(repository, `begin an upload to ${host}/${repository}`),
    mount: requests.mount,
    cancelUpload: requests.cancel,
  };
}

/**
 * Returns the first byte of the next part. A server may have taken less than was sent.
 * @throws RegistryError when it took nothing
 */
function nextByte({ from, to, attempt }: UploadPart, arrived: number | undefined): number {
  // Some name the bytes of the part alone.
  if (arrived === undefined || arrived > to || arrived === to - from) return to;
  if (arrived > from) return arrived;
  throw new RegistryError('protocol', `could not ${attempt}: of the ${to - from} bytes of a part none were kept`, {
    hint: 'set a larger chunk size: some registries keep no part below 5 MiB',
  });
}

/** Returns true for an error that the same request would meet again. Without a session, it is that of its beginning. */
function isFinal(error: unknown, session: UploadLocation | undefined): boolean {
  if (!(error instanceof RegistryError)) return false;
  if (error.final) return true;
  const { status = 0 } = error;
  if (session === undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) return true;
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
