import type { Image } from '../../image-sync/image.js';
import type { ListedImage } from './listed-images.js';

/** Images with the same source and destination. */
export interface ImageGroup {
  readonly from: string;
  readonly to: string;
  readonly images: readonly Image[];
}

/** Groups images by source and destination. An image without a known source is only looked up at its destination. */
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
