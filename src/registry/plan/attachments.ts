import { referrersTag, subjectOfTag } from '../attached-tags.js';
import { isRefusal } from '../client/wire/answer-error.js';
import type { Digest } from '../digest.js';
import type { TagsPage } from '../source.js';
import type { SourceCache } from './source-cache.js';

/** Something attached to a manifest, and how it is had: by digest (a referrer), or by the tag that says so. */
export interface Attachment {
  readonly reference: string;
  readonly tag: string | undefined;
}

/**
 * Kinds of attachments in the names of cosign's tags: the digest, then the kind (cosign, specs/SIGNATURE_SPEC.md and
 * siblings).
 */
const cosignKinds = ['sig', 'att', 'sbom'];

/**
 * Finds what is attached to a manifest: OCI referrers by the API where the source has one, the fallback tag, and
 * cosign's tags. Tags are looked up in the first page of the repository's listing. Where that isn't all of it, those of
 * the image itself are looked for by name, and those of its parts in the whole listing.
 */
export async function attachmentsOf(
  source: SourceCache,
  repository: string,
  digest: Digest,
  top: boolean,
): Promise<Attachment[]> {
  const [byApi, byTag] = await Promise.all([
    source.referrers(repository, digest),
    findAttachedTags(source, repository, referrersTag(digest), top),
  ]);
  const fallback = byTag.filter((tag) => !tag.includes('.'));
  return [
    ...(byApi ?? []).map((found) => ({ reference: found.digest, tag: undefined })),
    ...(byApi === undefined ? fallback : []).map((tag) => ({ reference: tag, tag })),
    ...byTag.filter((tag) => tag.includes('.')).map((tag) => ({ reference: tag, tag })),
  ];
}

/**
 * Returns false where nothing can be attached to any part of an image: the source has no API for referrers, and all of its
 * tags are known, of which none stands for a digest.
 */
export async function mayHaveAttachments(source: SourceCache, repository: string, digest: Digest): Promise<boolean> {
  if ((await source.referrers(repository, digest)) !== undefined) return true;
  const page = await tagsPage(source, repository);
  return page === undefined || !page.complete || page.tags.some((tag) => subjectOfTag(tag) !== undefined);
}

async function findAttachedTags(
  source: SourceCache,
  repository: string,
  stem: string,
  top: boolean,
): Promise<string[]> {
  const names = [stem, ...cosignKinds.map((kind) => `${stem}.${kind}`)];
  const page = await tagsPage(source, repository);
  if (page === undefined) return [];
  // Each part of an index would be asked for by four names: the whole listing is fewer.
  if (page.complete || (!top && page !== unlistable)) {
    const all = await source.allTags(repository);
    return names.filter((name) => all.has(name));
  }
  const listed = names.filter((name) => page.tags.includes(name));
  const unlisted = names.filter((name) => !listed.includes(name));
  const found = await Promise.all(
    unlisted.map(async (name) => ((await isThere(source, repository, name)) ? [name] : [])),
  );
  return [...listed, ...found.flat()];
}

/** Looks for a tag that only attachments need: some registries refuse what isn't there. Nothing is known to be lost then. */
async function isThere(source: SourceCache, repository: string, tag: string): Promise<boolean> {
  try {
    return (await source.head(repository, tag)) !== undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    source.source.notice?.(`${error.message}; nothing is attached to the image by that tag, as far as is known`);
    return false;
  }
}

/** In place of the tags of a repository that are not listed for this account. */
const unlistable: TagsPage = { tags: [], complete: false };

/** Repositories whose tags could not be listed: they are asked for once. */
const refused = new WeakMap<SourceCache, Set<string>>();

/** Reads tags that only attachments need: where they aren't listed, the image is copied all the same, and the user is told. */
async function tagsPage(source: SourceCache, repository: string): Promise<TagsPage | undefined> {
  const known = refused.get(source) ?? new Set();
  refused.set(source, known);
  if (known.has(repository)) return unlistable;
  try {
    return await source.tagsPage(repository);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!known.has(repository)) source.source.notice?.(`${error.message}; what is attached is looked for by its name`);
    known.add(repository);
    return unlistable;
  }
}
