import type { Command } from 'commander';
import { RegistryError } from '../../../registry/registry-error.js';
import { type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

interface RmRequest extends RegistryRequest {
  readonly force: boolean;
}

/** Makes `provision registry rm`. */
export function rmCommand(done: Done): Command {
  return registrySubcommand('rm', 'Deletes one tag; other tags of the same image stay.')
    .argument('<registry/repository:tag>', 'or @digest, which deletes all its tags too')
    .option('--force', 'delete a digest although tags or indexes name it', false)
    .action(async (image: string, request: RmRequest) => done(await remove(image, request)));
}

function remove(argument: string, request: RmRequest): Promise<number> {
  const options = { needs: 'image', finishes: true } as const;
  return onRegistry(argument, request, options, async ({ registry, target }) => {
    const { repository = '', tag, digest } = target;
    const name = `${registry.host}/${repository}`;
    if (digest !== undefined) {
      if (tag !== undefined) throw new RegistryError('input', 'give the tag or the digest to delete, not both');
      const { removeDigest } = await import('../../../registry/admin/remove-digest.js');
      const removed = await removeDigest(registry, repository, digest, request);
      const tags = removed.tags.length === 0 ? '' : `, and with it the tags ${removed.tags.join(', ')}`;
      print(request, { registry: registry.host, ...removed }, [`deleted ${name}@${digest}${tags}`]);
      return 0;
    }
    if (tag === undefined) {
      throw new RegistryError('input', `${name} has no tag: "latest" is not assumed here`, {
        hint: `write ${name}:TAG; \`provision registry tags ${name}\` lists them`,
      });
    }
    const { removeTag } = await import('../../../registry/admin/remove-tag.js');
    const removed = await removeTag(registry, repository, tag);
    const siblings = removed.siblings.length === 0 ? '' : `; ${removed.siblings.join(', ')} still name the same image`;
    print(request, { registry: registry.host, ...removed }, [`deleted ${name}:${tag} (${removed.digest})${siblings}`]);
    return 0;
  });
}
