import type { IncomingMessage } from 'node:http';
import { algorithmOf, type Digest, digestOf } from '../../digest.js';
import { isSchema1Type } from '../../media-types.js';
import { isTag } from '../../names.js';
import { pushedManifest } from '../pushed/pushed-manifest.js';
import { immutableTagAnswer } from '../rules/immutable-tags.js';
import { hasContent, keepBytes } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLink, writeLink } from '../storage/links.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import type { ManifestText } from '../storage/manifest-text.js';
import { createTag, setTag } from '../storage/tags.js';
import type { Store } from '../store.js';
import { readBody } from '../uploads/receive.js';
import { refusal, type ServerAnswer } from './answer.js';
import { linkedBlob } from './answer-blob.js';

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
  const refused = checkType(manifest, request.headers['content-type']) ?? (await checkContents(store, name, manifest));
  if (refused !== undefined) return refused;

  const there = await immutableTagsThere(store, name, tags, bytes);
  const kept = [...there].find(([, isSame]) => !isSame)?.[0];
  if (kept !== undefined) return immutableTagAnswer(name, kept, 'moved');

  const sha256 = algorithmOf(digest) === 'sha256' ? digest : digestOf(bytes);
  const full = await store.quotas.hold({ name, sha256, size: bytes.length }, () =>
    keepManifest(store.layout, name, bytes, digest),
  );
  if (full !== undefined) return full;
  for (const tag of tags) {
    if (there.has(tag)) continue;
    if (!store.rules.isImmutable(name, tag)) await setTag(store.layout, name, tag, digest);
    else if (!(await createTag(store.layout, name, tag, digest))) return immutableTagAnswer(name, tag, 'moved');
  }
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

async function keepManifest(layout: Layout, name: string, bytes: Uint8Array, digest: Digest): Promise<void> {
  const sha256 = await keepBytes(layout, name, bytes);
  await writeLink(layout, name, layout.revisionLink(name, sha256), sha256);
  // docker-registry's collector of garbage looks at what has a sha256 only.
  if (digest !== sha256) await writeLink(layout, name, layout.revisionLink(name, digest), sha256);
}

/** Finds those of the tags that are there and immutable, and whether they point at this manifest. */
async function immutableTagsThere(
  { layout, cache, rules }: Store,
  name: string,
  tags: readonly string[],
  bytes: Uint8Array,
): Promise<ReadonlyMap<string, boolean>> {
  const there = new Map<string, boolean>();
  for (const tag of tags) {
    const found = rules.isImmutable(name, tag) ? cache.digestOfTag(name, tag) : undefined;
    // A manifest may be known by two digests, both of which lead to its sha256.
    if (found !== undefined) there.set(tag, (await readLink(layout.revisionLink(name, found))) === digestOf(bytes));
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

/** Blobs and manifests that are looked for beside each other: some have tens of thousands. */
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
  const { layout, rules } = store;
  const missing = [
    ...(await findMissing(layout, blobs, (blob) => linkedBlob(layout, name, blob))),
    ...(rules.sparseIndexes
      ? []
      : await findMissing(layout, children, (child) => readLink(layout.revisionLink(name, child)))),
  ];
  const [first] = missing;
  if (first === undefined) return undefined;
  const text = missing.length === 1 ? `${first} is` : `${first} and ${missing.length - 1} more are`;
  return refusal(400, 'MANIFEST_BLOB_UNKNOWN', `${text} unknown to the repository`, { digests: missing });
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
    const some = wanted.slice(at, at + atOnce);
    const there = await Promise.all(
      some.map(async (digest) => {
        const sha256 = await linked(digest);
        return sha256 !== undefined && (await hasContent(layout, sha256));
      }),
    );
    missing.push(...some.filter((_, index) => !there[index]));
  }
  return missing;
}
