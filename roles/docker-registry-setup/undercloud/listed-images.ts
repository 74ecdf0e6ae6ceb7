import { Diagnostics, InputError, parseImageList, type WantedImages } from '../../../src/index.js';
import { inStackHome } from './as-stack.js';
import type { PrepareSettings, TripleoClient } from './prepare-command.js';

/** An image that prepare listed, and where it goes. */
export interface ListedImage {
  /** Registry that it comes from; undefined where the list doesn't say. */
  readonly source: string | undefined;
  readonly name: string;
  readonly tag: string;
  /** Registry that it goes to, and its name there. */
  readonly destination: string;
  readonly target: string;
}

/**
 * Reads what prepare listed: the images file, or the parameters of the tripleo client.
 *
 * @throws InputError with the errors in it
 */
export function listedImages(client: TripleoClient, listing: string, asked: PrepareSettings): readonly ListedImage[] {
  const diagnostics = new Diagnostics();
  const file = inStackHome(client === 'tripleo' ? asked.environmentFile : asked.imagesFile);
  const list = parseImageList(file, listing, {}, diagnostics);
  if (list === undefined) throw new InputError(diagnostics.all, true);
  const images = list.wanted.flatMap((wanted) => fromEntry(wanted, client, asked));
  return [...new Map(images.map((image) => [`${image.destination}/${image.target}:${image.tag}`, image])).values()];
}

function fromEntry(wanted: WantedImages, client: TripleoClient, asked: PrepareSettings): ListedImage[] {
  const { source, repository, target, targetRegistry, tags } = wanted;
  if (typeof repository !== 'string') return [];
  return tags.flatMap(({ tag }) =>
    tag === undefined
      ? []
      : client === 'tripleo'
        ? [
            {
              source: sourceOf(repository, asked),
              name: repository,
              tag,
              destination: source ?? asked.destination,
              target: repository,
            },
          ]
        : [{ source, name: repository, tag, destination: targetRegistry ?? asked.destination, target }],
  );
}

/** The parameters name images as they are in the undercloud's registry; where they were before, their namespace tells. */
function sourceOf(repository: string, { namespace, set }: PrepareSettings): string | undefined {
  const others = Object.entries(set).flatMap(([key, value]) => (key.endsWith('namespace') ? [value] : []));
  const from = [namespace, ...others].find((each) => repository.startsWith(`${each.slice(each.indexOf('/') + 1)}/`));
  return from?.slice(0, from.indexOf('/'));
}
