import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { type Digest, digestOf } from '../../digest.js';
import { immutableTagAnswer } from '../rules/immutable-tags.js';
import { readContent } from '../storage/content.js';
import type { Layout } from '../storage/layout.js';
import { readLink } from '../storage/links.js';
import type { ManifestReference } from '../storage/manifest-cache.js';
import { deleteTagFolder, deleteTagFolders } from '../storage/tags.js';
import { removeAside } from '../storage/within-storage.js';
import type { Store } from '../store.js';
import { filterInTurns } from '../turns.js';
import { refusal, type ServerAnswer } from './answer.js';
import { matchesEtag } from './byte-range.js';

/** Sends a manifest, as it was pushed and in no other form, whatever the request accepts (distribution-spec end-3). */
export function getManifest(
  store: Store,
  request: IncomingMessage,
  name: string,
  reference: ManifestReference,
): ServerAnswer | Promise<ServerAnswer> {
  const manifest = store.cache.read(name, reference);
  if (manifest === undefined) return unknownManifest(reference);
  const { digest, mediaType, bytes } = manifest;
  const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"` };
  const answer = matchesEtag(request.headers['if-none-match'], digest)
    ? { status: 304, headers }
    : { status: 200, headers, body: bytes };
  // Who asks for it may push an index that names it.
  const reliesOnIt = request.method === 'HEAD' && reference.kind === 'digest';
  if (!reliesOnIt || store.uses.isFresh(store.layout.revisionLink(name, digest))) return answer;
  return afterUse(store, name, digest, answer);
}

async function afterUse(
  { uses, layout }: Store,
  name: string,
  digest: Digest,
  answer: ServerAnswer,
): Promise<ServerAnswer> {
  return (await uses.renew(layout.revisionLink(name, digest))) ? answer : unknownManifest({ kind: 'digest', digest });
}

/** Takes away a tag, or a manifest with all tags that point at it (end-9). */
export async function deleteManifest(
  { layout, cache, rules, quotas, tags, removals }: Store,
  name: string,
  reference: ManifestReference,
): Promise<ServerAnswer> {
  if (reference.kind === 'tag') {
    if (cache.digestOfTag(name, reference.tag) === undefined) return unknownManifest(reference);
    if (rules.isImmutable(name, reference.tag)) return immutableTagAnswer(name, reference.tag, 'deleted');
    await deleteTagFolder(layout, name, reference.tag);
    return { status: 202, event: { action: 'delete', tags: [reference.tag] } };
  }
  const sha256 = await readLink(layout.revisionLink(name, reference.digest));
  if (sha256 === undefined) return unknownManifest(reference);
  const digests = [reference.digest, sha256, await longDigest(layout, sha256, rules.maxManifestSize)];
  const isTagged = (tag: string) => digests.includes(cache.digestOfTag(name, tag));
  const tagged = await filterInTurns((await tags.of(name)) ?? [], isTagged);
  const kept = tagged.find((tag) => rules.isImmutable(name, tag));
  if (kept !== undefined) return immutableTagAnswer(name, kept, 'deleted');
  await deleteTagFolders(layout, removals, name, tagged, isTagged);
  for (const digest of new Set(digests)) {
    if (digest !== undefined) await removeAside(layout, name, dirname(layout.revisionLink(name, digest)));
  }
  quotas.forget(name, sha256);
  return { status: 202, event: { action: 'delete', digest: reference.digest } };
}

/** Computes the sha512 by which a manifest may be known beside its sha256. */
async function longDigest(layout: Layout, sha256: Digest, most: number): Promise<Digest | undefined> {
  const bytes = await readContent(layout, sha256, most);
  return bytes === undefined ? undefined : digestOf(bytes, 'sha512');
}

/** Makes the answer about a manifest that isn't there. */
export function unknownManifest(reference: ManifestReference): ServerAnswer {
  const detail: { tag: string } | { digest: Digest } =
    reference.kind === 'tag' ? { tag: reference.tag } : { digest: reference.digest };
  return refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
}
