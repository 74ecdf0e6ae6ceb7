import { removeDigest } from '../../../registry/admin/remove-digest.js';
import { removeTag } from '../../../registry/admin/remove-tag.js';
import { RegistryError } from '../../../registry/registry-error.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry rm`: takes one tag away, or a manifest by its digest. */
export function rmAction(argument: string, request: RegistryRequest & { readonly force: boolean }): Promise<number> {
  const options = { needs: 'image', finishes: true } as const;
  return onRegistry(argument, request, options, async ({ registry, target }) => {
    const { repository = '', tag, digest } = target;
    const name = `${registry.host}/${repository}`;
    if (digest !== undefined) {
      if (tag !== undefined) throw new RegistryError('input', 'name the tag or the digest to remove, not both');
      const removed = await removeDigest(registry, repository, digest, request);
      const tags = removed.tags.length === 0 ? '' : `, and with it the tags ${removed.tags.join(', ')}`;
      print(request, { registry: registry.host, ...removed }, [`removed ${name}@${digest}${tags}`]);
      return 0;
    }
    if (tag === undefined) {
      throw new RegistryError('input', `which tag of ${name}?`, {
        hint: `\`provision registry tags ${name}\` lists them; there is no "latest" here unless it is written`,
      });
    }
    const removed = await removeTag(registry, repository, tag);
    const siblings = removed.siblings.length === 0 ? '' : `; ${removed.siblings.join(', ')} still name the same image`;
    print(request, { registry: registry.host, ...removed }, [`removed ${name}:${tag} (${removed.digest})${siblings}`]);
    return 0;
  });
}
