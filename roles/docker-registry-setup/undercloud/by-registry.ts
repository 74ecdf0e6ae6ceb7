import type { Image } from '../../image-sync/image.js';
import type { ListedImage } from './listed-images.js';

/** Images that go the same way. */
export interface ImageGroup {
  readonly from: string;
  readonly to: string;
  readonly images: readonly Image[];
}

/** Images by the registries that they come from and go to. One whose source is not known is only looked for where it goes. */
export function groupsOf(listed: readonly ListedImage[]): readonly ImageGroup[] {
  const groups = new Map<string, ImageGroup & { readonly images: Image[] }>();
  for (const { source, name, tag, destination: to, target } of listed) {
    const from = source ?? to;
    const group = groups.get(`${from} ${to}`) ?? { from, to, images: [] };
    group.images.push({ name: source === undefined ? target : name, tag, target });
    groups.set(`${from} ${to}`, group);
  }
  return [...groups.values()];
}
