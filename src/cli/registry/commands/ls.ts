import type { Command } from 'commander';
import { RegistryError } from '../../../registry/registry-error.js';
import { addressHelp, type Done, registrySubcommand } from '../define-command.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** Makes `provision registry ls`. */
export function lsCommand(done: Done): Command {
  return registrySubcommand('ls', 'Lists the repositories of a registry, or those below a path.')
    .argument('<registry[/path]>', addressHelp)
    .action(async (registry: string, request: RegistryRequest) => done(await listRepositories(registry, request)));
}

function listRepositories(argument: string, request: RegistryRequest): Promise<number> {
  return onRegistry(argument, request, { needs: 'registry' }, async ({ registry, target }) => {
    const { repository: below } = target;
    const repositories = (await registry.repositories()).filter(
      (name) => below === undefined || name === below || name.startsWith(`${below}/`),
    );
    if (below !== undefined && repositories.length === 0) {
      throw new RegistryError('not-found', `${registry.host} has no repositories below ${below}`, { status: 404 });
    }
    print(request, { registry: registry.host, repositories }, repositories);
    return 0;
  });
}
