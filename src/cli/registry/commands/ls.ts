import { RegistryError } from '../../../registry/registry-error.js';
import type { RegistryRequest } from '../registry-options.js';
import { onRegistry, print } from '../run-action.js';

/** `provision registry ls`: the repositories of a registry, or those below a path. */
export function lsAction(argument: string, request: RegistryRequest): Promise<number> {
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
