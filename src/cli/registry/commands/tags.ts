import type { Command } from 'commander';
import { columns } from '../../terminal/columns.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import { imageRow } from '../image-text.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

interface TagsRequest extends RegistryRequest {
  readonly long: boolean;
}

/** Makes `provision registry tags`. */
export function tagsCommand(done: Done): Command {
  return registrySubcommand('tags', 'Lists the tags of a repository.')
    .argument('<registry/repository>', addressHelp)
    .option('-l, --long', 'with digest, size, date and platforms', false)
    .action(async (repository: string, request: TagsRequest) => done(await listTags(repository, request)));
}

function listTags(argument: string, request: TagsRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'repository' }, async ({ registry, target: { repository = '' } }) => {
    const tags = await registry.tags(repository);
    if (!request.long) {
      print(request, { registry: registry.host, repository, tags }, tags);
      return 0;
    }
    const { ContentReader } = await import('../../../registry/admin/content-reader.js');
    const { inspectTags } = await import('../../../registry/admin/inspect-image.js');
    const images = await inspectTags(registry, repository, tags, new ContentReader(registry));
    print(request, { registry: registry.host, repository, tags: images }, columns(images.map(imageRow)));
    return 0;
  });
}
