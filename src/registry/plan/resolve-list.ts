import type { AttachmentsMode } from '../attachments-mode.js';
import type { WantedImages } from '../lists/image-list.js';
import { isRepository } from '../names.js';
import { RegistryError } from '../registry-error.js';
import type { ImageSource } from '../source.js';
import { sourceNameOf, targetNameOf, type WantedImage } from './wanted-image.js';

/** Options of {@link resolveList}. */
export interface ResolveOptions {
  /** Returns the source of a name, or the sync's own. */
  readonly sourceOf: (name: string | undefined) => ImageSource;
  /** Attachments of entries that don't say. */
  readonly attachments: AttachmentsMode;
}

/** A list, with its patterns resolved. */
export interface ResolvedList {
  readonly images: readonly WantedImage[];
  /** Entries that matched nothing: the run continues without them, and reports them at its end. */
  readonly unmatched: readonly { readonly name: string; readonly error: RegistryError }[];
}

/**
 * Says which images a list means. Tags are listed only where a pattern needs it, the catalogue only where an entry does.
 * @throws RegistryError when a listing fails, or two entries land on one name: then nothing may be copied
 */
export async function resolveList(wanted: readonly WantedImages[], options: ResolveOptions): Promise<ResolvedList> {
  const each = await Promise.all(wanted.map((entry) => resolveEntry(entry, options)));
  const images = each.flatMap((resolved) => resolved.images);
  return { images: withoutCollisions(images), unmatched: each.flatMap((resolved) => resolved.unmatched) };
}

async function resolveEntry(entry: WantedImages, options: ResolveOptions): Promise<ResolvedList> {
  const { repository } = entry;
  if (typeof repository === 'string') return resolveRepository(entry, repository, options);
  const source = options.sourceOf(entry.source);
  const { selectTags } = await import('../lists/select-tags.js');
  const names = selectTags(await source.repositories(), { ...repository, semver: undefined, latest: undefined });
  if (names.length === 0) {
    const error = new RegistryError('not-found', `none of the repositories of ${source.name} matches`);
    return { images: [], unmatched: [{ name: `${source.name}/*`, error }] };
  }
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
  const image = {
    source: entry.source,
    repository,
    targetRepository,
    platforms: entry.platforms,
    attachments: entry.attachments ?? options.attachments,
    place: entry.place,
  };
  const named = entry.tags.map(
    ({ tag, digest, targetTag }): WantedImage => ({ ...image, tag, digest, targetTag: targetTag ?? tag }),
  );
  if (entry.patterns === undefined) return { images: named, unmatched: [] };
  const source = options.sourceOf(entry.source);
  const { selectTags } = await import('../lists/select-tags.js');
  const found = selectTags(await source.tags(repository), entry.patterns);
  const matched = found.map((tag): WantedImage => ({ ...image, tag, digest: undefined, targetTag: tag }));
  if (found.length > 0) return { images: [...named, ...matched], unmatched: [] };
  const error = new RegistryError('not-found', `no tag of ${source.name}/${repository} matches`, {
    hint: `list its tags with \`provision registry tags ${source.name}/${repository}\``,
  });
  return { images: named, unmatched: [{ name: `${targetRepository}:*`, error }] };
}

function withoutCollisions(images: readonly WantedImage[]): WantedImage[] {
  const byName = new Map<string, WantedImage>();
  for (const image of images) {
    const name = targetNameOf(image);
    const other = byName.get(name);
    if (other === undefined) byName.set(name, image);
    else if (!sameOrigin(other, image)) {
      throw new RegistryError('input', `${origin(other)} and ${origin(image)} would both become ${name}`, {
        hint: 'give one of them another target',
      });
    }
  }
  return [...byName.values()];
}

function sameOrigin(one: WantedImage, other: WantedImage): boolean {
  return origin(one) === origin(other) && String(one.platforms) === String(other.platforms);
}

function origin(image: WantedImage): string {
  const place = image.place === undefined ? '' : ` (${image.place.file}:${image.place.line})`;
  return `${image.source === undefined ? '' : `${image.source}/`}${sourceNameOf(image)}${place}`;
}
