import type { Command } from 'commander';
import { isTag } from '../../../registry/names.js';
import { RegistryError } from '../../../registry/registry-error.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** Makes `provision registry tag`. */
export function tagCommand(done: Done): Command {
  return registrySubcommand('tag', 'Gives an image another tag in its repository; bytes and digest stay.')
    .argument('<registry/repository[:tag]>', `${addressHelp}; default tag: latest`)
    .argument('<new-tag>', 'the other tag')
    .action(async (image: string, tag: string, request: RegistryRequest) => done(await addTag(image, tag, request)));
}

function addTag(argument: string, tag: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'image' }, async ({ registry, target }) => {
    if (!isTag(tag)) {
      throw new RegistryError('input', `${JSON.stringify(tag)} is not a tag`, {
        hint: 'give the new tag alone; `provision registry copy` copies to another repository',
      });
    }
    const { tagImage } = await import('../../../registry/admin/tag-image.js');
    const { repository = '', tag: from, digest } = target;
    const result = await tagImage(registry, repository, digest ?? from ?? 'latest', tag);
    const name = `${registry.host}/${repository}:${tag}`;
    const { before } = result;
    print(request, { registry: registry.host, ...result, changed: before !== result.digest }, [
      before === result.digest
        ? `${name} is ${result.digest} already`
        : `${name} is now ${result.digest}${before === undefined ? '' : ` (was ${before})`}`,
    ]);
    return 0;
  });
}
