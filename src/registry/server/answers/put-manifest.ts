import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { algorithmOf, type Digest, digestOf } from '../../digest.js';
import { isSchema1Type } from '../../media-types.js';
import { isTag } from '../../names.js';
import { pushedManifest } from '../pushed/pushed-manifest.js';
import { immutableTagAnswer } from '../rules/immutable-tags.js';
import { hasContent, keepBytes } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLinkNow, renewLink } from '../storage/links.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import type { ManifestText } from '../storage/manifest-text.js';
import { createTag, setTag } from '../storage/tags.js';
import type { Store } from '../store.js';
import { readBody } from '../uploads/receive.js';
import { refusal, type ServerAnswer } from './answer.js';
import { usedBlob } from './answer-blob.js';

/** Tags that one request may set beside (end-7b); with more the answer is 414. */
const mostTags = 100;

/** Takes a manifest under a tag or its digest, with further tags in the query (distribution-spec end-7a, 7b). */
export async function putManifest(
  store: Store,
  request: IncomingMessage,
  name: string,
  reference: ManifestReference,
  query: URLSearchParams,
): Promise<ServerAnswer> {
  const tags = reference.kind === 'digest' ? [...new Set(query.getAll('tag'))] : [reference.tag];
  if (tags.length > mostTags) return refusal(414, 'TAG_INVALID', `more than ${mostTags} tags in one request`);
  const bad = tags.find((tag) => !isTag(tag));
  if (bad !== undefined) return refusal(400, 'TAG_INVALID', 'not a tag', { tag: bad });
  const { maxManifestSize } = store.rules;
  const bytes = await readBody(request, maxManifestSize);
  if (bytes === 'too long') return refusal(413, 'SIZE_INVALID', `manifests have ${maxManifestSize} bytes at most`);
  if (bytes === 'cut') return refusal(400, 'SIZE_INVALID', 'the manifest was cut short');

  const digest = digestOf(bytes, reference.kind === 'digest' ? algorithmOf(reference.digest) : 'sha256');
  if (reference.kind === 'digest' && reference.digest !== digest) {
    const detail = { digest: reference.digest };
    return refusal(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', detail);
  }
  const read = pushedManifest(bytes);
  if (!read.ok) return refusal(400, 'MANIFEST_INVALID', `manifest invalid: ${read.why}`);
  const { manifest } = read;
  const sha256 = algorithmOf(digest) === 'sha256' ? digest : digestOf(bytes);
  const refused =
    checkType(manifest, request.headers['content-type']) ??
    (await store.uses.section(async () => {
      const lacking = await checkContents(store, name, manifest);
      if (lacking !== undefined) return lacking;
      const there = immutableTagsThere(store, name, tags, bytes);
      const kept = [...there].find(([, isSame]) => !isSame)?.[0];
      if (kept !== undefined) return immutableTagAnswer(name, kept, 'moved');
      const keep = () => keepManifest(store, name, { digest, manifest, bytes });
      const full = await store.quotas.hold({ name, sha256, size: bytes.length }, keep);
      const lacked = tags.filter((tag) => !there.has(tag));
      return full ?? (await setTags(store, name, lacked, digest));
    }));
  if (refused !== undefined) return refused;
  return {
    status: 201,
    event: { action: 'push', digest, mediaType: manifest.mediaType, size: bytes.length, tags },
    headers: {
      Location: `/v2/${name}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      ...(manifest.subject === undefined ? {} : { 'OCI-Subject': manifest.subject }),
      ...(reference.kind === 'digest' && tags.length > 0 ? { 'OCI-Tag': tags } : {}),
    },
  };
}

/** Manifest whose bytes were checked. */
export interface CheckedManifest {
  readonly digest: Digest;
  readonly manifest: ManifestText;
  readonly bytes: Buffer;
}

/** Keeps a manifest in a repository; what it names need not be there. */
export async function keepManifest(
  { layout, uses }: Store,
  name: string,
  { digest, manifest, bytes }: CheckedManifest,
): Promise<void> {
  // What is about a manifest that is there keeps it there.
  if (manifest.subject !== undefined) await uses.renew(layout.revisionLink(name, manifest.subject));
  const sha256 = await keepBytes(layout, uses, name, bytes);
  // docker-registry's collector of garbage looks at what has a sha256 only.
  for (const known of new Set([sha256, digest])) {
    await renewLink(layout, uses, name, layout.revisionLink(name, known), sha256);
  }
}

/** Points tags at a manifest, or refuses to where an immutable one was made meanwhile. */
async function setTags(
  { layout, uses, rules }: Store,
  name: string,
  tags: readonly string[],
  digest: Digest,
): Promise<ServerAnswer | undefined> {
  for (const tag of tags) {
    if (!rules.isImmutable(name, tag)) await setTag(layout, uses, name, tag, digest);
    else if (!(await createTag(layout, uses, name, tag, digest))) return immutableTagAnswer(name, tag, 'moved');
  }
  return undefined;
}

/** Finds those of the tags that are there and immutable, and whether they point at this manifest. */
function immutableTagsThere(
  { layout, cache, rules }: Store,
  name: string,
  tags: readonly string[],
  bytes: Uint8Array,
): ReadonlyMap<string, boolean> {
  const there = new Map<string, boolean>();
  for (const tag of tags) {
    const found = rules.isImmutable(name, tag) ? cache.digestOfTag(name, tag) : undefined;
    // A manifest may be known by two digests, both of which lead to its sha256.
    if (found !== undefined) there.set(tag, readLinkNow(layout.revisionLink(name, found)) === digestOf(bytes));
  }
  return there;
}

/** Refuses a request whose type is not that of the bytes. */
function checkType({ mediaType }: ManifestText, header: string | undefined): ServerAnswer | undefined {
  if (isSchema1Type(mediaType)) {
    return refusal(400, 'MANIFEST_INVALID', 'manifest invalid: schema 1 is a format that was given up');
  }
  const declared = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (
    declared === '' ||
    declared === 'application/json' ||
    declared === 'application/octet-stream' ||
    declared === mediaType
  ) {
    return undefined;
  }
  return refusal(400, 'MANIFEST_INVALID', `manifest invalid: it is ${mediaType}, the request says ${declared}`);
}

/** Blobs and manifests that are looked for before other requests have their turn: some have tens of thousands. */
const atOnce = 64;

/**
 * Refuses a manifest whose content is not in the repository; its subject need not be (distribution-spec, "Pushing
 * Manifests with Subject"). A link is not enough: docker-registry's collector of garbage leaves those of content that it
 * takes.
 */
async function checkContents(
  store: Store,
  name: string,
  { blobs, children }: ManifestText,
): Promise<ServerAnswer | undefined> {
  const { layout, rules, uses } = store;
  const missingBlobs = await findMissing(layout, blobs, (blob) => usedBlob(layout, uses, name, blob));
  const missingChildren = await findMissing(layout, children, (child) => usedManifest(store, name, child));
  const missing = [...missingBlobs, ...(rules.sparseIndexes ? [] : missingChildren)];
  const [first] = missing;
  if (first === undefined) return undefined;
  const text = missing.length === 1 ? `${first} is` : `${first} and ${missing.length - 1} more are`;
  return refusal(400, 'MANIFEST_BLOB_UNKNOWN', `${text} unknown to the repository`, { digests: missing });
}

async function usedManifest({ layout, uses }: Store, name: string, digest: Digest): Promise<Digest | undefined> {
  const link = layout.revisionLink(name, digest);
  return (await uses.renew(link)) ? readLinkNow(link) : undefined;
}

/** Returns the digests whose content, as their link names it, isn't there. */
async function findMissing(
  layout: Layout,
  digests: readonly Digest[],
  linked: (digest: Digest) => Promise<Digest | undefined>,
): Promise<Digest[]> {
  const wanted = [...new Set(digests)];
  const missing: Digest[] = [];
  for (let at = 0; at < wanted.length; at += atOnce) {
    if (at > 0) await nextTurn();
    const some = wanted.slice(at, at + atOnce);
    const there = await Promise.all(
      some.map(async (digest) => {
        const sha256 = await linked(digest);
        return sha256 !== undefined && hasContent(layout, sha256);
      }),
    );
    missing.push(...some.filter((_, index) => !there[index]));
  }
  return missing;
}
