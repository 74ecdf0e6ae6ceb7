import { ContentReader } from '../../../registry/admin/content-reader.js';
import { inspectImage } from '../../../registry/admin/inspect-image.js';
import { imageLines } from '../image-text.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry inspect`: what an image is, for all its platforms. */
export function inspectAction(argument: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'image' }, async ({ registry, target }) => {
    const { repository = '', tag, digest } = target;
    const image = await inspectImage(registry, repository, digest ?? tag ?? 'latest', new ContentReader(registry));
    print(request, { registry: registry.host, ...image }, imageLines(registry.host, image));
    return 0;
  });
}
