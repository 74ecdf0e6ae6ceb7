import type { IncomingMessage } from 'node:http';
import { algorithmOf, type Digest, isDigest } from '../../digest.js';
import { isRepository } from '../../names.js';
import type { Caller } from '../access/caller.js';
import { contentSize } from '../storage/content.js';
import { renewLink } from '../storage/links.js';
import type { Store } from '../store.js';
import type { UploadSession } from '../uploads/upload-session.js';
import { type AnswerEvent, refusal, type ServerAnswer } from './answer.js';
import { usedBlob } from './answer-blob.js';
import { chunkRange } from './byte-range.js';

/** Begins an upload, or mounts a blob, or takes a blob in one request (distribution-spec end-4a, 4b, 4c, end-11). */
export async function postUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  query: URLSearchParams,
  caller: Caller,
): Promise<ServerAnswer> {
  const mount = query.get('mount');
  if (mount !== null && isDigest(mount)) {
    const mounted = await store.uses.section(() => mountBlob(store, name, mount, query.get('from'), caller));
    if (mounted !== false) return mounted;
  }
  const digest = query.get('digest');
  if (digest !== null && !isDigest(digest)) return badDigest(digest);
  const algorithm = query.get('digest-algorithm') ?? (digest === null ? 'sha256' : algorithmOf(digest));
  if (algorithm !== 'sha256' && algorithm !== 'sha512') {
    return refusal(400, 'DIGEST_INVALID', 'digests are of sha256 or sha512', { algorithm });
  }
  const full = await store.quotas.refuseUpload(name, Number(request.headers['content-length'] ?? 0));
  if (full !== undefined) return full;
  const session = await store.uploads.begin(name, algorithm);
  if (digest === null) return progressAnswer(session, 202);
  try {
    const answer = await finishUpload(store, session, request, digest);
    if (answer !== undefined) return answer;
  } catch (error) {
    await dropUpload(store, session);
    throw error;
  }
  await dropUpload(store, session); // The client never had its id: nobody can go on with it.
  return progressAnswer(session, 202);
}

/** Takes a chunk (end-5), or the whole as a stream when the request has no Content-Range. */
export async function patchUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  id: string,
): Promise<ServerAnswer> {
  const session = store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  return await session.exclusively(request, async () => {
    const refused = checkRange(session, request);
    if (refused !== undefined) return refused;
    const size = session.offset + Number(request.headers['content-length'] ?? 0);
    const full = await store.quotas.refuseUpload(name, size);
    if (full !== undefined) return full;
    await session.append(request);
    return progressAnswer(session, 202);
  });
}

/** Takes the last chunk, if any, and ends the upload (end-6). */
export async function putUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  id: string,
  query: URLSearchParams,
): Promise<ServerAnswer> {
  const session = store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  const digest = query.get('digest');
  if (digest === null || !isDigest(digest)) return badDigest(digest);
  // Where the connection was lost nobody is there to read this; the upload can go on.
  return (await finishUpload(store, session, request, digest)) ?? progressAnswer(session, 202);
}

/** Says how far an upload has come (end-13). */
export async function getUpload(store: Store, name: string, id: string): Promise<ServerAnswer> {
  const session = store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  return progressAnswer(session, 204, session.size);
}

/** Cancels an upload (end-14). */
export async function deleteUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  id: string,
): Promise<ServerAnswer> {
  const session = store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  await session.exclusively(request, () => dropUpload(store, session));
  return { status: 204 };
}

async function dropUpload({ uploads }: Store, session: UploadSession): Promise<void> {
  uploads.forget(session);
  await session.remove();
}

/** Takes the rest of an upload and ends it; undefined when the connection was lost on the way. */
async function finishUpload(
  store: Store,
  session: UploadSession,
  request: IncomingMessage,
  digest: Digest,
): Promise<ServerAnswer | undefined> {
  return await session.exclusively(request, async () => {
    const refused = checkRange(session, request);
    if (refused !== undefined) return refused;
    if (!(await session.append(request, 'last'))) return undefined;
    store.uploads.forget(session);
    const kept = await session.finish(digest, store.quotas);
    if (typeof kept !== 'boolean') return kept;
    if (kept) return createdAnswer(session.name, digest, { action: 'push', size: session.offset });
    return refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  });
}

/** Refuses a chunk that doesn't begin where the one before ended. */
function checkRange(session: UploadSession, request: IncomingMessage): ServerAnswer | undefined {
  const header = request.headers['content-range'];
  if (header === undefined) return undefined;
  const range = chunkRange(header);
  if (range === undefined) return refusal(400, 'BLOB_UPLOAD_INVALID', `Content-Range ${header} is not START-END`);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== range.length) {
    return refusal(400, 'SIZE_INVALID', `Content-Range ${header}, but Content-Length ${length}`);
  }
  return range.start === session.offset ? undefined : progressAnswer(session, 416);
}

/** Links a blob of another repository; false where that can't be. */
async function mountBlob(
  { layout, uses, quotas }: Store,
  name: string,
  digest: Digest,
  from: string | null,
  caller: Caller,
): Promise<ServerAnswer | false> {
  const known = await usedBlob(layout, uses, name, digest);
  const there = known === undefined ? undefined : contentSize(layout, known);
  if (there !== undefined) return createdAnswer(name, digest, mountEvent(from, there));
  if (from !== null && !isRepository(from)) return false;
  // Without `from` any content that is there will do, for whoever may read every repository.
  if (!caller.may('pull', from ?? '**')) return false;
  const sha256 = from === null ? digest : await usedBlob(layout, uses, from, digest);
  if (sha256 === undefined || algorithmOf(sha256) !== 'sha256') return false;
  const size = contentSize(layout, sha256);
  if (size === undefined || !(await uses.renewContent(`${layout.content(sha256)}/data`, size))) return false;
  const refused = await quotas.hold({ name, sha256, size }, async () => {
    for (const link of new Set([digest, sha256])) {
      await renewLink(layout, uses, name, layout.blobLink(name, link), sha256);
    }
  });
  return refused ?? createdAnswer(name, digest, mountEvent(from, size));
}

function progressAnswer({ name, id, offset }: UploadSession, status: number, size = offset): ServerAnswer {
  return {
    status,
    headers: {
      Location: `/v2/${name}/blobs/uploads/${id}`,
      'Docker-Upload-UUID': id,
      // Of nothing it says 0-0 as well, as every registry does: the header can't say less.
      Range: `0-${Math.max(0, size - 1)}`,
    },
  };
}

function mountEvent(from: string | null, size: number): AnswerEvent {
  return { action: 'mount', size, ...(from === null ? {} : { fromRepository: from }) };
}

function createdAnswer(name: string, digest: Digest, event: AnswerEvent): ServerAnswer {
  return {
    status: 201,
    headers: { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest },
    event: { ...event, digest, mediaType: 'application/octet-stream' },
  };
}

function badDigest(digest: string | null): ServerAnswer {
  return refusal(400, 'DIGEST_INVALID', 'not a digest of sha256 or sha512', { digest });
}

function unknownUpload(): ServerAnswer {
  return refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
}
