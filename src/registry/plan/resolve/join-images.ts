import { RegistryError } from '../../registry-error.js';
import type { ImageSource } from '../../source.js';
import { goesTo, sourceNameOf, targetNameOf, type WantedImage } from '../wanted-image.js';

/**
 * Joins what a list names several times: an image with one origin and one name at the target is one image, however many
 * entries name it. Its attachments are copied where one of them wants that.
 * @throws RegistryError `input` where images of different origins would have one name
 */
export function joinImages(
  images: readonly WantedImage[],
  sourceOf: (name: string | undefined) => ImageSource,
): WantedImage[] {
  const byName = new Map<string, WantedImage[]>();
  for (const image of images) {
    const name = targetNameOf(image);
    const known = byName.get(name) ?? [];
    byName.set(name, joined(known, image, sourceOf));
  }
  return [...byName.values()].flat();
}

function joined(
  known: readonly WantedImage[],
  image: WantedImage,
  sourceOf: (name: string | undefined) => ImageSource,
): WantedImage[] {
  const rivals = known.filter((other) => meet(other, image));
  const rival = rivals.find((other) => !haveOneOrigin(other, image, sourceOf));
  if (rival !== undefined)
    throw new RegistryError(
      'input',
      `${origin(rival)} and ${origin(image)} would both become ${placeOf(image)}${targetNameOf(image)}`,
      { hint: 'give one of them another target' },
    );
  const all = [...rivals, image];
  const widest = all.find(({ targetRegistry }) => targetRegistry === undefined) ?? all[0] ?? image;
  const attachments: WantedImage['attachments'] = all.some((each) => each.attachments === 'all') ? 'all' : 'none';
  const isImmutable = all.some((each) => each.isImmutable === true);
  const one: WantedImage = { ...widest, attachments, ...(isImmutable ? { isImmutable } : {}) };
  return [...known.filter((other) => !rivals.includes(other)), one];
}

/** Returns true for images that go to one registry, or may. */
function meet(one: WantedImage, other: WantedImage): boolean {
  return one.targetRegistry === undefined || goesTo(other, one.targetRegistry);
}

function haveOneOrigin(
  one: WantedImage,
  other: WantedImage,
  sourceOf: (name: string | undefined) => ImageSource,
): boolean {
  const platforms = (image: WantedImage) => String(image.platforms?.toSorted());
  return (
    sourceNameOf(one) === sourceNameOf(other) &&
    platforms(one) === platforms(other) &&
    (one.source === other.source || sourceOf(one.source) === sourceOf(other.source))
  );
}

function placeOf({ targetRegistry }: WantedImage): string {
  return targetRegistry === undefined ? '' : `${targetRegistry}/`;
}

function origin(image: WantedImage): string {
  const place = image.place === undefined ? '' : ` (${image.place.file}:${image.place.line})`;
  const platforms = image.platforms === undefined ? '' : ` for ${image.platforms.join(', ')}`;
  return `${image.source === undefined ? '' : `${image.source}/`}${sourceNameOf(image)}${platforms}${place}`;
}
