import type { IncomingMessage } from 'node:http';
import { algorithmOf, type Digest, isDigest } from '../../digest.js';
import { isRepository } from '../../names.js';
import { contentSize } from '../storage/content.js';
import { writeLink } from '../storage/links.js';
import type { Store } from '../store.js';
import type { UploadSession } from '../uploads/upload-session.js';
import { type Answer, refusal } from './answer.js';
import { linkedBlob } from './answer-blob.js';
import { chunkRange } from './byte-range.js';

/** Begins an upload, or mounts a blob, or takes a blob in one request (distribution-spec end-4a, 4b, 4c, end-11). */
export async function postUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  query: URLSearchParams,
): Promise<Answer> {
  const mount = query.get('mount');
  if (mount !== null && isDigest(mount) && (await mounted(store, name, mount, query.get('from')))) {
    return created(name, mount);
  }
  const digest = query.get('digest');
  if (digest !== null && !isDigest(digest)) return notADigest(digest);
  const algorithm = query.get('digest-algorithm') ?? (digest === null ? 'sha256' : algorithmOf(digest));
  if (algorithm !== 'sha256' && algorithm !== 'sha512') {
    return refusal(400, 'DIGEST_INVALID', 'digests are of sha256 or sha512', { algorithm });
  }
  const session = await store.uploads.begin(name, algorithm);
  if (digest === null) return underWay(session, 202);
  return await finished(store, session, request, digest);
}

/** Takes a chunk (end-5), or the whole as a stream when the request has no Content-Range. */
export async function patchUpload(store: Store, request: IncomingMessage, name: string, id: string): Promise<Answer> {
  const session = await store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  return await session.exclusively(request, async () => {
    const refused = misplaced(session, request);
    if (refused !== undefined) return refused;
    await session.append(request);
    return underWay(session, 202);
  });
}

/** Takes the last chunk, if any, and ends the upload (end-6). */
export async function putUpload(
  store: Store,
  request: IncomingMessage,
  name: string,
  id: string,
  query: URLSearchParams,
): Promise<Answer> {
  const session = await store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  const digest = query.get('digest');
  if (digest === null || !isDigest(digest)) return notADigest(digest);
  return await finished(store, session, request, digest);
}

/** Says how far an upload has come (end-13). */
export async function getUpload(store: Store, name: string, id: string): Promise<Answer> {
  const session = await store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  return underWay(session, 204, await session.size());
}

/** Cancels an upload (end-14). */
export async function deleteUpload(store: Store, request: IncomingMessage, name: string, id: string): Promise<Answer> {
  const session = await store.uploads.find(name, id);
  if (session === undefined) return unknownUpload();
  await session.exclusively(request, () => session.remove());
  store.uploads.forget(session);
  return { status: 204 };
}

async function finished(
  store: Store,
  session: UploadSession,
  request: IncomingMessage,
  digest: Digest,
): Promise<Answer> {
  return await session.exclusively(request, async () => {
    const refused = misplaced(session, request);
    if (refused !== undefined) return refused;
    const whole = await session.append(request);
    if (!whole) return underWay(session, 202); // Nobody is there to read it; the upload can go on.
    store.uploads.forget(session);
    if (await session.finish(digest)) return created(session.name, digest);
    return refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  });
}

/** A chunk must begin where the one before ended. */
function misplaced(session: UploadSession, request: IncomingMessage): Answer | undefined {
  const header = request.headers['content-range'];
  if (header === undefined) return undefined;
  const range = chunkRange(header);
  if (range === undefined) return refusal(400, 'BLOB_UPLOAD_INVALID', `Content-Range ${header} is not START-END`);
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== range.length) {
    return refusal(400, 'SIZE_INVALID', `Content-Range ${header}, but Content-Length ${length}`);
  }
  return range.start === session.offset ? undefined : underWay(session, 416);
}

async function mounted({ layout }: Store, name: string, digest: Digest, from: string | null): Promise<boolean> {
  const known = await linkedBlob(layout, name, digest);
  if (known !== undefined && (await contentSize(layout, known)) !== undefined) return true;
  if (from !== null && !isRepository(from)) return false;
  // Without `from` any content that is there will do: whoever may ask for it here may read every repository.
  const sha256 = from === null ? digest : await linkedBlob(layout, from, digest);
  if (sha256 === undefined || algorithmOf(sha256) !== 'sha256') return false;
  if ((await contentSize(layout, sha256)) === undefined) return false;
  await writeLink(layout, layout.blobLink(name, digest), sha256);
  if (sha256 !== digest) await writeLink(layout, layout.blobLink(name, sha256), sha256);
  return true;
}

function underWay({ name, id, offset }: UploadSession, status: number, size = offset): Answer {
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

function created(name: string, digest: Digest): Answer {
  return { status: 201, headers: { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest } };
}

function notADigest(digest: string | null): Answer {
  return refusal(400, 'DIGEST_INVALID', 'not a digest of sha256 or sha512', { digest });
}

function unknownUpload(): Answer {
  return refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
}
