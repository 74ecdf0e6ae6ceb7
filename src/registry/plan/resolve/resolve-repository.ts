import type { AttachmentsMode } from '../../attachments-mode.js';
import type { WantedImages, WantedTag } from '../../lists/image-list.js';
import { choiceText, filterOf } from '../../lists/pattern.js';
import { isRepository } from '../../names.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import type { ResolvedList, WantedImage } from '../wanted-image.js';
import type { ImageFacts } from './image-facts.js';

/** Options of {@link resolveList}. */
export interface ResolveOptions {
  /** Returns the source of a name, or the sync's own. */
  readonly sourceOf: (name: string | undefined) => ImageSource;
  /** Attachments of entries that don't say. */
  readonly attachments: AttachmentsMode;
}

/** Options, and what is known of the sources in this run. */
export interface Resolving extends ResolveOptions {
  readonly factsOf: (source: ImageSource) => ImageFacts;
}

/** Says which images of one repository an entry means. */
export async function resolveRepository(
  entry: WantedImages,
  repository: string,
  options: Resolving,
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
  const never = entry.immutable === undefined ? () => false : filterOf(entry.immutable, []);
  const isImmutable = (tag: string | undefined) => (tag !== undefined && never(tag) ? { isImmutable: true } : {});
  const tags = await Promise.all(entry.tags.map((tag) => lookedUp(tag, entry.source, repository, options)));
  const lost = tags.flatMap(({ error, tag }) =>
    error === undefined
      ? []
      : [{ name: `${targetRepository}:${tag ?? ''}`, error, targetRegistry, place: entry.place }],
  );
  const named = tags
    .filter(({ error }) => error === undefined)
    .map(
      ({ tag, digest, targetTag }): WantedImage => ({
        ...image,
        tag,
        digest,
        targetTag: targetTag ?? tag,
        ...isImmutable(tag),
      }),
    );
  if (entry.patterns === undefined) return { images: named, unmatched: lost };
  const source = options.sourceOf(entry.source);
  const fail = (error: RegistryError): ResolvedList => ({
    images: named,
    unmatched: [...lost, { name: `${targetRepository}:*`, error, targetRegistry, place: entry.place }],
  });
  const { patterns } = entry;
  const found = await listing(async () => {
    const { selectTags } = await import('../../lists/select-tags.js');
    const chosen = selectTags(await source.tags(repository), patterns);
    if (patterns.newest === undefined) return chosen;
    return options.factsOf(source).newest(repository, chosen, patterns.newest);
  });
  if (found instanceof RegistryError) return fail(found);
  const matched = found.map(
    (tag): WantedImage => ({ ...image, tag, digest: undefined, targetTag: tag, ...isImmutable(tag) }),
  );
  if (found.length > 0) return { images: [...named, ...matched], unmatched: lost };
  return fail(
    new RegistryError('not-found', `no tag of ${source.name}/${repository} matches ${choiceText(patterns)}`.trimEnd(), {
      hint: `list its tags with \`provision registry tags ${source.name}/${repository}\``,
    }),
  );
}

/** Returns a tag by name, or that which a label of its image names. An image that has no such label is as a failed one. */
async function lookedUp(
  wanted: WantedTag,
  from: string | undefined,
  repository: string,
  { sourceOf, factsOf }: Resolving,
): Promise<WantedTag & { readonly error?: RegistryError }> {
  const { tag, tagFromLabel } = wanted;
  if (tag === undefined || tagFromLabel === undefined) return wanted;
  const found = await listing(async () => [await factsOf(sourceOf(from)).tagByLabel(repository, tag, tagFromLabel)]);
  return found instanceof RegistryError ? { ...wanted, error: found } : { ...wanted, tag: found[0] };
}

/** Reads a listing; returns the error of one that fails. @throws RegistryError `interrupted` */
export async function listing(read: () => Promise<string[]>): Promise<string[] | RegistryError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RegistryError && error.kind !== 'interrupted') return error;
    throw error;
  }
}
