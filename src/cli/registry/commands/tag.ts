import { tagImage } from '../../../registry/admin/tag-image.js';
import { isTag } from '../../../registry/names.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry tag`: gives an image another tag in its repository. */
export function tagAction(argument: string, tag: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'image' }, async ({ registry, target }) => {
    if (!isTag(tag)) {
      throw new RegistryError('input', `${JSON.stringify(tag)} is not a tag`, {
        hint: 'it is the new tag alone; `provision registry copy` copies to another repository',
      });
    }
    const { repository = '', tag: from, digest } = target;
    const done = await tagImage(registry, repository, digest ?? from ?? 'latest', tag);
    const name = `${registry.host}/${repository}:${tag}`;
    const { before } = done;
    print(request, { registry: registry.host, ...done, changed: before !== done.digest }, [
      before === done.digest
        ? `${name} is ${done.digest} already`
        : `${name} is now ${done.digest}${before === undefined ? '' : ` (was ${before})`}`,
    ]);
    return 0;
  });
}
