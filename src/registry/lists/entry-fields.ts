import { isDigest } from '../digest.js';
import { isTag } from '../names.js';
import { canonicalHost, type Reference, readReference, repositoryAt } from '../reference.js';
import type { EntryFields } from './entry-schema.js';
import type { TagPatterns, WantedImages, WantedTag } from './image-list.js';

/** Error of a text or of keys that make no entry. */
export interface EntryError {
  readonly error: string;
  /** Path of the key that is wrong; empty for a text. */
  readonly at: readonly string[];
  /** Reason why a text is no reference, where that is the error: `it has two "@"`. */
  readonly reason?: string;
}

/** Makes an entry of `[registry/]repository[:tag][@digest]`; the tag is `latest` where there is neither. */
export function entryFromText(text: string): WantedImages | EntryError {
  const image = readImageName(text, undefined, []);
  if ('error' in image) return image;
  const { registry, repository, tag, digest } = image;
  const only = { tag: tag ?? (digest === undefined ? 'latest' : undefined), digest, targetTag: undefined };
  return { ...plainEntry(repository, registry), tags: [only] };
}

/** Makes an entry of the keys of a map; keys that don't fit together are an error. */
export function entryFromFields(fields: EntryFields): WantedImages | EntryError {
  const { name, catalog, source, attachments, platforms, immutable } = fields;
  if (name !== undefined && catalog !== undefined) return wrong('give name or catalog, not both', 'catalog');
  if (name === undefined && catalog === undefined) return wrong('this needs name (a repository), or catalog');
  const from = source === undefined ? undefined : canonicalHost(source);
  const image = name === undefined ? undefined : readImageName(name, from, ['name']);
  if (image !== undefined && 'error' in image) return image;
  if (image !== undefined && from !== undefined && image.registry !== from)
    return wrong(`the name says that it comes from ${image.registry}`, 'source');
  if (fields.latest !== undefined && fields.newest !== undefined)
    return wrong('give latest (by version) or newest (by date), not both', 'newest');
  const patterns = patternsIn(fields);
  const named = tagsIn(fields, image);
  if ('error' in named) return named;
  const none = named.find(({ tag }) => tag !== undefined && !isTag(tag))?.tag;
  if (none !== undefined) return wrong(`${JSON.stringify(none)} is not a tag`, 'tags');
  if (named.length > 0 && patterns !== undefined && fields.include === undefined && fields.semver === undefined) {
    const key = fields.latest !== undefined ? 'latest' : fields.newest !== undefined ? 'newest' : 'exclude';
    return wrong('there are no patterns that it could choose from: give include or semver too, or no tag', key);
  }
  const all = named.length === 0 && catalog !== undefined ? everyTag : undefined;
  const tags = named.length > 0 || (patterns ?? all) !== undefined ? named : [latest];
  const target = targetIn(fields, tags, image);
  if ('error' in target) return target;
  const { allow, deny } = {
    allow: catalog === true ? [] : catalog?.include,
    deny: catalog === true ? [] : catalog?.exclude,
  };
  return {
    ...plainEntry(image?.repository ?? { allow: allow ?? [], deny: deny ?? [] }, from ?? image?.registry),
    ...target.where,
    tags: tags.map((each) => ({ ...each, targetTag: target.tag })),
    patterns: patterns ?? all,
    platforms,
    attachments,
    ...(immutable === undefined ? {} : { immutable }),
  };
}

/** Makes an entry without tags, whose repository is the same at the target. */
export function plainEntry(repository: WantedImages['repository'], source: string | undefined): WantedImages {
  return {
    source: source === '' ? undefined : source,
    repository,
    target: typeof repository === 'string' ? repository : '{repository}',
    targetRegistry: undefined,
    tags: [],
    patterns: undefined,
    platforms: undefined,
    attachments: undefined,
    place: undefined,
  };
}

/** Returns an entry with the name that its repository has at the registry it comes from. */
export function entryAt(entry: WantedImages, registry: string): WantedImages {
  if (typeof entry.repository !== 'string') return entry;
  const repository = repositoryAt(registry, entry.repository);
  return { ...entry, repository, target: entry.isTargetGiven ? entry.target : repository };
}

/** Returns the path of a repository with a namespace before it, and a prefix before its last part. */
export function prefixedName(path: string, namespace: string, prefix: string): string {
  const parts = path.split('/');
  const last = `${prefix}${parts.pop() ?? ''}`;
  return [...(namespace === '' ? [] : [namespace]), ...parts, last].join('/');
}

/** Reads an image's name; its registry is empty where none is written or given. */
export function readImageName(
  text: string,
  registry: string | undefined,
  at: readonly string[],
): Reference | (EntryError & { readonly reason: string }) {
  const read = readReference(text, registry ?? '');
  return 'reason' in read ? { error: `not an image: ${read.reason}`, at, reason: read.reason } : read;
}

const latest: WantedTag = { tag: 'latest', digest: undefined, targetTag: undefined };

/** Choice of all tags. */
export const everyTag: TagPatterns = { allow: [], deny: [], semver: undefined, latest: undefined };

function patternsIn({ include, exclude, semver, latest, newest }: EntryFields): TagPatterns | undefined {
  if ([include, exclude, semver, latest, newest].every((each) => each === undefined)) return undefined;
  return { allow: include ?? [], deny: exclude ?? [], semver, latest, ...(newest === undefined ? {} : { newest }) };
}

function tagsIn({ tag, tags, digest }: EntryFields, image: Reference | undefined): WantedTag[] | EntryError {
  if (tag !== undefined && tags !== undefined) return wrong('give tag or tags, not both', 'tags');
  if (image?.tag !== undefined && (tag ?? tags) !== undefined)
    return wrong(`the name has the tag ${image.tag} already`, tag === undefined ? 'tags' : 'tag');
  if (image?.digest !== undefined && digest !== undefined) return wrong('the name has a digest already', 'digest');
  const pinned = digest !== undefined && isDigest(digest) ? digest : image?.digest;
  const all = tags ?? [tag ?? image?.tag].filter((each) => each !== undefined);
  if (pinned !== undefined && all.length > 1) return wrong('a digest is one image, and has one tag', 'tags');
  if (all.length === 0 && pinned !== undefined) return [{ tag: undefined, digest: pinned, targetTag: undefined }];
  return all.map((each) => ({ tag: each, digest: pinned, targetTag: undefined }));
}

interface Target {
  readonly where: { readonly target?: string; readonly isTargetGiven?: true; readonly targetRegistry?: string };
  readonly tag: string | undefined;
}

function targetIn(
  { target, target_tag, catalog, include, exclude, semver, latest, newest }: EntryFields,
  tags: readonly WantedTag[],
  image: Reference | undefined,
): Target | EntryError {
  const several =
    tags.length > 1 ||
    catalog !== undefined ||
    [include, exclude, semver, latest, newest].some((each) => each !== undefined);
  if (target_tag !== undefined && several)
    return wrong('only one image can have it, and this entry may be several', 'target_tag');
  if (target === undefined) return { where: {}, tag: target_tag };
  if (catalog !== undefined && !target.includes('{repository}'))
    return wrong('all repositories would land on one: write it with {repository}, as mirror/{repository}', 'target');
  const place = readImageName(target.replaceAll('{repository}', image?.repository ?? 'repository'), undefined, [
    'target',
  ]);
  if ('error' in place) return { ...place, error: `not a repository: ${place.reason}` };
  if (place.digest !== undefined) return wrong('a target has no digest: that is decided by the image', 'target');
  if (place.tag !== undefined && (several || target_tag !== undefined))
    return wrong(several ? 'it has a tag, and this entry may be several images' : 'it has a tag already', 'target');
  const path =
    image === undefined ? target.slice(place.registry === '' ? 0 : place.registry.length + 1) : place.repository;
  return {
    where: { target: path, isTargetGiven: true, ...(place.registry === '' ? {} : { targetRegistry: place.registry }) },
    tag: target_tag ?? place.tag,
  };
}

function wrong(error: string, ...at: string[]): EntryError {
  return { error, at };
}
