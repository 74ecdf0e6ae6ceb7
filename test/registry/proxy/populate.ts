import { Agent, type IncomingMessage, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Digest } from '../../../src/registry/digest.js';
import type { ImageSet, RepositoryContent } from './image-set.js';

/** Puts a set into a registry that wants no account: each blob uploaded once and mounted elsewhere, then manifests and tags. */
export async function populate(url: string, set: ImageSet): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const origin = new Map<Digest, string>();
  try {
    for (const [repository, { blobs }] of set.repositories) {
      for (const digest of blobs) if (!origin.has(digest)) origin.set(digest, repository);
    }
    await Promise.all(
      [...origin].map(([digest, repository]) => upload(agent, url, repository, digest, blobOf(set, digest))),
    );
    await Promise.all(
      [...set.repositories].map(([repository, content]) => fill(agent, url, repository, content, origin)),
    );
  } finally {
    agent.destroy();
  }
}

/** Uploads one blob in one request behind the POST. */
export async function upload(
  agent: Agent,
  url: string,
  repository: string,
  digest: Digest,
  content: Buffer | { readonly size: number; pieces(): Iterable<Buffer> },
): Promise<void> {
  const { headers } = await call(agent, 'POST', `${url}/v2/${repository}/blobs/uploads/`, 202);
  const location = new URL(headers.location ?? '', url);
  location.searchParams.set('digest', digest);
  await call(agent, 'PUT', location.href, 201, { 'content-type': 'application/octet-stream' }, content);
}

/** Writes a manifest under a tag or its digest. */
export async function put(
  agent: Agent,
  url: string,
  repository: string,
  reference: string,
  mediaType: string,
  bytes: Buffer,
): Promise<void> {
  const type = { 'content-type': mediaType };
  await call(agent, 'PUT', `${url}/v2/${repository}/manifests/${reference}`, 201, type, bytes);
}

async function fill(
  agent: Agent,
  url: string,
  repository: string,
  { blobs, manifests, tags }: RepositoryContent,
  origin: ReadonlyMap<Digest, string>,
): Promise<void> {
  for (const digest of blobs) {
    const from = origin.get(digest) ?? repository;
    if (from === repository) continue;
    await call(agent, 'POST', `${url}/v2/${repository}/blobs/uploads/?mount=${digest}&from=${from}`, 201);
  }
  const write = async (reference: string, digest: Digest) => {
    const manifest = manifests.get(digest);
    if (manifest === undefined) throw new Error(`${repository} has no manifest ${digest}`);
    await put(agent, url, repository, reference, manifest.mediaType, manifest.bytes);
  };
  for (const digest of manifests.keys()) await write(digest, digest);
  for (const [tag, digest] of tags) await write(tag, digest);
}

function blobOf(set: ImageSet, digest: Digest): Buffer {
  const bytes = set.blobs.get(digest);
  if (bytes === undefined) throw new Error(`there is no blob ${digest} in the set`);
  return bytes;
}

async function call(
  agent: Agent,
  method: string,
  url: string,
  expected: number,
  headers: Record<string, string> = {},
  content: Buffer | { readonly size: number; pieces(): Iterable<Buffer> } = Buffer.alloc(0),
): Promise<IncomingMessage> {
  const size = Buffer.isBuffer(content) ? content.length : content.size;
  const pieces = Buffer.isBuffer(content) ? [content] : content.pieces();
  const outgoing = send(url, { agent, method, headers: { ...headers, 'content-length': String(size) } });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
  for (const piece of pieces) {
    if (!outgoing.write(piece)) await new Promise<void>((resolve) => outgoing.once('drain', resolve));
  }
  outgoing.end();
  const answer = await answered;
  const body = await buffer(answer);
  if (answer.statusCode !== expected) throw new Error(`${method} ${url}: ${answer.statusCode} ${body.toString()}`);
  return answer;
}
