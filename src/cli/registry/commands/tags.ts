import { ContentReader } from '../../../registry/admin/content-reader.js';
import { inspectTags } from '../../../registry/admin/inspect-image.js';
import { columns, imageRow } from '../image-text.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry tags`: the tags of a repository; with `--long` what they name. */
export function tagsAction(argument: string, request: RegistryRequest & { readonly long: boolean }): Promise<number> {
  return onRegistry(argument, request, { needs: 'repository' }, async ({ registry, target: { repository = '' } }) => {
    const tags = await registry.tags(repository);
    if (!request.long) {
      print(request, { registry: registry.host, repository, tags }, tags);
      return 0;
    }
    const images = await inspectTags(registry, repository, tags, new ContentReader(registry));
    print(request, { registry: registry.host, repository, tags: images }, columns(images.map(imageRow)));
    return 0;
  });
}
