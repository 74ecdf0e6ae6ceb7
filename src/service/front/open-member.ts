import { type OpenedRegistry, openRegistry } from '../../registry/client/open.js';
import type { OwnTokens } from '../tokens/own-tokens.js';
import type { TrustingRegistry } from '../tokens/registries.js';

/** Account of looks at replicas in their logs. */
const subject = 'provision-replicas';

/** Opens one host of a registry that has several, to read what it has. */
export function openMember(
  { name, host, ca }: Pick<TrustingRegistry, 'name' | 'host' | 'ca'>,
  ownTokens: OwnTokens,
  signal: AbortSignal,
): OpenedRegistry {
  const access = (repository: string | undefined) =>
    repository === undefined
      ? { type: 'registry', name: 'catalog', actions: ['*'] }
      : { type: 'repository', name: repository, actions: ['pull'] };
  const credentials = async (repository: string | undefined) => ({
    registryToken: await ownTokens.make(name, subject, access(repository)),
  });
  const trust = ca === undefined ? {} : { trust: { ca } };
  return openRegistry({ host, credentials, signal, tries: 2, patience: 15_000, waits: false, ...trust });
}
