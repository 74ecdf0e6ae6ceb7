import type { Command } from 'commander';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import { imageLines } from '../image-text.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** Makes `provision registry inspect`. */
export function inspectCommand(done: Done): Command {
  return registrySubcommand('inspect', 'Shows an image: platforms, sizes, dates, annotations.')
    .argument('<registry/repository[:tag]>', `${addressHelp}; default tag: latest`)
    .action(async (image: string, request: RegistryRequest) => done(await inspect(image, request)));
}

function inspect(argument: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'image' }, async ({ registry, target }) => {
    const { ContentReader } = await import('../../../registry/admin/content-reader.js');
    const { inspectImage } = await import('../../../registry/admin/inspect-image.js');
    const { repository = '', tag, digest } = target;
    const image = await inspectImage(registry, repository, digest ?? tag ?? 'latest', new ContentReader(registry));
    print(request, { registry: registry.host, ...image }, imageLines(registry.host, image));
    return 0;
  });
}
