import type { WantedImages } from '../../lists/image-list.js';
import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import type { ResolvedList } from '../wanted-image.js';
import { ImageFacts } from './image-facts.js';
import { joinImages } from './join-images.js';
import { listing, type ResolveOptions, type Resolving, resolveRepository } from './resolve-repository.js';

/**
 * Says which images a list means. Tags are listed only where a pattern needs it, the catalogue only where an entry does.
 * A listing that fails is the failure of its own entry.
 * @throws RegistryError when two entries land on one name, or nothing could be listed as no source answers: then nothing
 * may be copied
 */
export async function resolveList(wanted: readonly WantedImages[], given: ResolveOptions): Promise<ResolvedList> {
  const facts = new Map<ImageSource, ImageFacts>();
  const factsOf = (source: ImageSource) => {
    const known = facts.get(source) ?? new ImageFacts(source);
    facts.set(source, known);
    return known;
  };
  const options = { ...given, factsOf };
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

async function resolveEntry(entry: WantedImages, options: Resolving): Promise<ResolvedList> {
  const { repository, targetRegistry } = entry;
  if (typeof repository === 'string') return resolveRepository(entry, repository, options);
  const source = options.sourceOf(entry.source);
  const fail = (error: RegistryError): ResolvedList => ({
    images: [],
    unmatched: [{ name: entry.target.replaceAll('{repository}', '*'), error, targetRegistry, place: entry.place }],
  });
  const listed = await listing(() => source.repositories());
  if (listed instanceof RegistryError) return fail(listed);
  const { selectTags } = await import('../../lists/select-tags.js');
  const names = selectTags(listed, { ...repository, semver: undefined, latest: undefined });
  if (names.length === 0)
    return fail(new RegistryError('not-found', `none of the repositories of ${source.name} matches`));
  const each = await Promise.all(names.map((name) => resolveRepository(entry, name, options)));
  return { images: each.flatMap(({ images }) => images), unmatched: each.flatMap(({ unmatched }) => unmatched) };
}
