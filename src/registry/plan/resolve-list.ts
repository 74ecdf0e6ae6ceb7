import type { AttachmentsMode } from '../attachments-mode.js';
import type { WantedImages } from '../lists/image-list.js';
import { isRepository } from '../names.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import { joinImages } from './join-images.js';
import type { WantedImage } from './wanted-image.js';

/** Options of {@link resolveList}. */
export interface ResolveOptions {
  /** Returns the source of a name, or the sync's own. */
  readonly sourceOf: (name: string | undefined) => ImageSource;
  /** Attachments of entries that don't say. */
  readonly attachments: AttachmentsMode;
}

/** Entry that names no image: nothing matches it, or what it chooses from can't be listed. */
export interface UnmatchedEntry extends Pick<WantedImage, 'targetRegistry'> {
  /** `team/web:*`, at the target. */
  readonly name: string;
  readonly error: RegistryError;
}

/** A list, with its patterns resolved. */
export interface ResolvedList {
  readonly images: readonly WantedImage[];
  /** The run continues without these entries, and reports each as a failed image. */
  readonly unmatched: readonly UnmatchedEntry[];
}

/**
 * Says which images a list means. Tags are listed only where a pattern needs it, the catalogue only where an entry does.
 * A listing that fails is the failure of its own entry.
 * @throws RegistryError when two entries land on one name, or nothing could be listed as no source answers: then nothing
 * may be copied
 */
export async function resolveList(wanted: readonly WantedImages[], options: ResolveOptions): Promise<ResolvedList> {
  const each = await Promise.all(wanted.map((entry) => resolveEntry(entry, options)));
  const images = joinImages(
    each.flatMap((resolved) => resolved.images),
    options.sourceOf,
  );
  const unmatched = each.flatMap((resolved) => resolved.unmatched);
  const [first] = unmatched;
  if (images.length === 0 && first !== undefined && unmatched.every(({ error }) => isOfSource(error)))
    throw first.error;
  return { images, unmatched };
}

/** Returns true for an error that isn't about a repository: its source doesn't answer, or can't be trusted. */
function isOfSource({ kind }: RegistryError): boolean {
  return kind === 'unreachable' || kind === 'tls';
}

async function resolveEntry(entry: WantedImages, options: ResolveOptions): Promise<ResolvedList> {
  const { repository, targetRegistry } = entry;
  if (typeof repository === 'string') return resolveRepository(entry, repository, options);
  const source = options.sourceOf(entry.source);
  const fail = (error: RegistryError): ResolvedList => ({
    images: [],
    unmatched: [{ name: `${entry.target.replaceAll('{repository}', '*')}`, error, targetRegistry }],
  });
  const listed = await listing(() => source.repositories());
  if (listed instanceof RegistryError) return fail(listed);
  const { selectTags } = await import('../lists/select-tags.js');
  const names = selectTags(listed, { ...repository, semver: undefined, latest: undefined });
  if (names.length === 0)
    return fail(new RegistryError('not-found', `none of the repositories of ${source.name} matches`));
  const each = await Promise.all(names.map((name) => resolveRepository(entry, name, options)));
  return { images: each.flatMap(({ images }) => images), unmatched: each.flatMap(({ unmatched }) => unmatched) };
}

async function resolveRepository(
  entry: WantedImages,
  repository: string,
  options: ResolveOptions,
): Promise<ResolvedList> {
  const targetRepository = entry.target.replaceAll('{repository}', () => repository);
  if (!isRepository(targetRepository)) {
    throw new RegistryError('input', `${JSON.stringify(targetRepository)} is not the path of a repository`);
  }
  const { targetRegistry } = entry;
  const image = {
    source: entry.source,
    repository,
    targetRepository,
    targetRegistry,
    platforms: entry.platforms,
    attachments: entry.attachments ?? options.attachments,
    place: entry.place,
  };
  const named = entry.tags.map(
    ({ tag, digest, targetTag }): WantedImage => ({ ...image, tag, digest, targetTag: targetTag ?? tag }),
  );
  if (entry.patterns === undefined) return { images: named, unmatched: [] };
  const source = options.sourceOf(entry.source);
  const fail = (error: RegistryError): ResolvedList => ({
    images: named,
    unmatched: [{ name: `${targetRepository}:*`, error, targetRegistry }],
  });
  const listed = await listing(() => source.tags(repository));
  if (listed instanceof RegistryError) return fail(listed);
  const { selectTags } = await import('../lists/select-tags.js');
  const found = selectTags(listed, entry.patterns);
  const matched = found.map((tag): WantedImage => ({ ...image, tag, digest: undefined, targetTag: tag }));
  if (found.length > 0) return { images: [...named, ...matched], unmatched: [] };
  return fail(
    new RegistryError('not-found', `no tag of ${source.name}/${repository} matches`, {
      hint: `list its tags with \`provision registry tags ${source.name}/${repository}\``,
    }),
  );
}

/** Reads a listing; returns the error of one that fails. @throws RegistryError `interrupted` */
async function listing(read: () => Promise<string[]>): Promise<string[] | RegistryError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RegistryError && error.kind !== 'interrupted') return error;
    throw error;
  }
}
