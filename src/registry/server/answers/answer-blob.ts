import { fstatSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { algorithmOf, type Digest } from '../../digest.js';
import { contentSize, openContent } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLinkNow } from '../storage/links.js';
import { plainSizeNow } from '../storage/plain-file.js';
import type { Uses } from '../storage/uses.js';
import { removeAside } from '../storage/within-storage.js';
import type { Store } from '../store.js';
import { type FilePart, refusal, type ServerAnswer } from './answer.js';
import { byteRange, matchesEtag } from './byte-range.js';

/** Sends a blob, or a part of it (distribution-spec end-2). */
export async function getBlob(
  { layout, uses }: Store,
  request: IncomingMessage,
  name: string,
  digest: Digest,
): Promise<ServerAnswer> {
  if (request.method === 'HEAD') {
    return headBlob(layout, request, digest, await usedBlob(layout, uses, name, digest));
  }
  const sha256 = linkedBlob(layout, name, digest);
  const file = sha256 === undefined ? undefined : await openContent(layout, sha256);
  if (file === undefined) return unknownBlob(digest);
  try {
    const { size } = fstatSync(file.fd);
    const answer = partAnswer({ file }, size, request, digest);
    if (answer.body === undefined) await file.close();
    return answer;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function headBlob(
  layout: Layout,
  { headers: asked }: IncomingMessage,
  digest: Digest,
  sha256: Digest | undefined,
): ServerAnswer {
  const size = sha256 === undefined ? undefined : contentSize(layout, sha256);
  if (size === undefined) return unknownBlob(digest);
  if (matchesEtag(asked['if-none-match'], digest)) return { status: 304, headers: headersOf(digest) };
  return sizeAnswer(digest, size);
}

/** Makes the answer to a HEAD of a blob. */
export function sizeAnswer(digest: Digest, size: number): ServerAnswer {
  return { status: 200, headers: { ...headersOf(digest), 'Content-Length': size } };
}

/** Makes the answer of a blob's file: all of it, the part that is asked for, or nothing of it: then the file is to be closed. */
export function partAnswer(
  source: Pick<FilePart, 'file' | 'grown'>,
  size: number,
  { headers: asked }: IncomingMessage,
  digest: Digest,
): ServerAnswer {
  const headers = headersOf(digest);
  if (matchesEtag(asked['if-none-match'], digest)) return { status: 304, headers };
  const condition = asked['if-range']?.toString();
  const wanted = condition === undefined || matchesEtag(condition, digest);
  const range = byteRange(wanted ? asked.range : undefined, size);
  switch (range.kind) {
    case 'beyond':
      return { status: 416, headers: { 'Content-Range': `bytes */${size}` } };
    case 'whole':
      return { status: 200, headers, body: { ...source, start: 0, length: size } };
    case 'part': {
      const { start, length } = range;
      const part = { 'Content-Range': `bytes ${start}-${start + length - 1}/${size}` };
      return { status: 206, headers: { ...headers, ...part }, body: { ...source, start, length } };
    }
  }
}

function headersOf(digest: Digest): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'max-age=31536000',
  };
}

/** Takes a blob out of a repository (end-10). Its bytes stay until garbage is collected: other repositories may have it. */
export async function deleteBlob({ layout, quotas }: Store, name: string, digest: Digest): Promise<ServerAnswer> {
  const sha256 = linkedBlob(layout, name, digest);
  if (sha256 === undefined) return unknownBlob(digest);
  await removeAside(layout, name, dirname(layout.blobLink(name, digest)));
  if (digest === sha256) quotas.forget(name, sha256); // By its sha256 it stays else.
  return { status: 202, event: { action: 'delete', digest } };
}

/** Finds the content that a repository has under a digest of a blob. */
export function linkedBlob(layout: Layout, name: string, digest: Digest): Digest | undefined {
  const link = layout.blobLink(name, digest);
  if (algorithmOf(digest) !== 'sha256') return readLinkNow(link);
  const size = plainSizeNow(link); // What it says can only be the digest itself; of an empty one a server died.
  return size === undefined || size === 0 ? undefined : digest;
}

/** {@link linkedBlob}, for one who relies on it: it is not collected for a time. */
export async function usedBlob(layout: Layout, uses: Uses, name: string, digest: Digest): Promise<Digest | undefined> {
  const link = layout.blobLink(name, digest);
  if (!(await uses.renew(link))) return undefined;
  return algorithmOf(digest) === 'sha256' ? digest : readLinkNow(link);
}

/** Makes the answer about a blob that isn't there. */
export function unknownBlob(digest: Digest): ServerAnswer {
  return refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest });
}
